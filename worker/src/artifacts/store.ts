import { rm } from "node:fs/promises";
import path from "node:path";
import { folderId } from "./storeId.js";

/** The place that a run's results are published to and that all its workers read. */
export interface ArtifactStore {
  /** Folder of this machine that trainings write their files to, before these are published. */
  readonly folder: string;
  /** Begin of the addresses by which a person finds published files. */
  readonly address: string;
  /**
   * Returns an id that is the same for all workers of this store; gives it one when it has none.
   * @throws OpnasError ARTIFACTS_UNREACHABLE; DATA_FOLDER_UNWRITABLE or DISK_FULL for a folder
   */
  id(): Promise<string>;
  /**
   * Publishes a file, which stands in the store's folder under this name; repeating it is harmless.
   * @throws OpnasError ARTIFACTS_UNREACHABLE
   */
  publish(name: string): Promise<void>;
  /**
   * Returns the path of a published file on this machine, which may be a copy in a cache; there is no
   * such file where the store has none.
   * @throws OpnasError ARTIFACTS_UNREACHABLE
   */
  local(name: string): Promise<string>;
  /** Removes this machine's copy of a file; returns false where there are no copies. */
  forget(name: string): Promise<boolean>;
  /**
   * Removes a published file, if there is one.
   * @throws OpnasError ARTIFACTS_UNREACHABLE
   */
  remove(name: string): Promise<void>;
  /**
   * Uploads a file, which stays in its place, for other machines to go on from; does nothing where they
   * see the same folder.
   * @param file its path on this machine, by default of that name in the store's folder
   * @throws OpnasError ARTIFACTS_UNREACHABLE; Node's error if the file is missing or the signal aborts
   */
  share(name: string, options?: { file?: string; signal?: AbortSignal }): Promise<void>;
  /**
   * Brings a shared file to its path on this machine, unless there is one already.
   * @returns false where no machine has shared it, and where they see the same folder
   * @throws OpnasError ARTIFACTS_UNREACHABLE
   */
  bring(name: string, file?: string): Promise<boolean>;
  /**
   * Lists the files that machines have shared in a folder; none where they see the same folder.
   * @throws OpnasError ARTIFACTS_UNREACHABLE
   */
  shared(folder: string): Promise<string[]>;
  /**
   * Removes a shared file, if there is one; what is on this machine stays.
   * @throws OpnasError ARTIFACTS_UNREACHABLE
   */
  unshare(name: string): Promise<void>;
  /** Ends the store's connections. */
  end(): void;
}

/** A store that is a folder, which workers of several machines may share. */
export class FolderStore implements ArtifactStore {
  constructor(
    readonly folder: string,
    readonly address = folder,
  ) {}

  id(): Promise<string> {
    return folderId(this.folder);
  }

  /** Does nothing: what trainings write stands in its place already. */
  publish(): Promise<void> {
    return Promise.resolve();
  }

  local(name: string): Promise<string> {
    return Promise.resolve(path.join(this.folder, name));
  }

  forget(): Promise<boolean> {
    return Promise.resolve(false);
  }

  async remove(name: string): Promise<void> {
    await rm(path.join(this.folder, name), { force: true });
  }

  share(): Promise<void> {
    return Promise.resolve();
  }

  bring(): Promise<boolean> {
    return Promise.resolve(false);
  }

  shared(): Promise<string[]> {
    return Promise.resolve([]);
  }

  unshare(): Promise<void> {
    return Promise.resolve();
  }

  end(): void {
    // A folder has no connections.
  }
}
