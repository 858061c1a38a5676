import path from "node:path";
import { type ArtifactStore, isMissing } from "@opnas/artifacts";
import { toOpnasError } from "@opnas/core";
import {
  CheckpointFolder,
  type CheckpointPlace,
  parseCheckpointName,
} from "../files/checkpointFolder.js";

/**
 * Carries the checkpoints of one piece of work over the store, so that another machine goes on from
 * them. Each is uploaded while the training goes on, one at a time; those that were written during an
 * upload are passed over for the last of them. Where machines see the same folder nothing is to do.
 */
export class SharedCheckpoints {
  private readonly folder: string;
  /** Names of this attempt's files and of earlier ones' that are in the store, until a newer one is. */
  private older: string[] = [];
  private waiting: string | undefined;
  private uploading: Promise<void> | undefined;
  private readonly ending = new AbortController();
  /** True once a checkpoint was written. */
  hasSaved = false;

  /** @param before is done before the first upload: what has to be there to go on from it */
  constructor(
    private readonly store: ArtifactStore,
    private readonly place: CheckpointPlace,
    private readonly before: () => Promise<void> = () => Promise.resolve(),
  ) {
    this.folder = path.relative(store.folder, place.folder).split(path.sep).join("/");
  }

  /**
   * Brings the checkpoint of the most progress, unless this machine has one that is as far. A first
   * attempt has none to bring.
   * @throws OpnasError ARTIFACTS_UNREACHABLE
   */
  async bring(): Promise<void> {
    if (this.place.attempt === 1) return;
    const found = (await this.store.shared(this.folder)).flatMap((name) => {
      const parsed = parseCheckpointName(name);
      return parsed === undefined ? [] : [{ name, progress: parsed.progress }];
    });
    this.older = found.map(({ name }) => name);
    const [newest] = found.sort((a, b) => b.progress - a.progress);
    if (newest === undefined) return;
    if (newest.progress <= (await new CheckpointFolder(this.place).progress())) return;
    await this.store.bring(this.key(newest.name));
  }

  /** Uploads a checkpoint that was written, after the one that is under way. It is bound. */
  readonly saved = (name: string): void => {
    this.hasSaved = true;
    this.waiting = name;
    this.uploading ??= this.upload();
  };

  /** Waits until the last checkpoint of unfinished work is uploaded. */
  async settle(): Promise<void> {
    await this.uploading;
  }

  /**
   * Ends an upload and removes what is in the store: the work is done.
   * @throws OpnasError ARTIFACTS_UNREACHABLE
   */
  async remove(): Promise<void> {
    this.waiting = undefined;
    this.ending.abort();
    await this.uploading;
    if (this.place.attempt === 1 && this.older.length === 0) return;
    for (const name of await this.store.shared(this.folder)) {
      await this.store.unshare(this.key(name));
    }
  }

  private async upload(): Promise<void> {
    while (this.waiting !== undefined) {
      const name = this.waiting;
      this.waiting = undefined;
      try {
        await this.share(name);
      } catch (error) {
        // A newer one replaced it, or the work is done. The training goes on in any case.
        if (isMissing(error) || this.ending.signal.aborted) continue;
        const { message } = toOpnasError(error);
        console.error(`A checkpoint stays on this machine alone for now: ${message}`);
      }
    }
    this.uploading = undefined;
  }

  private async share(name: string): Promise<void> {
    await this.before();
    const needless = [...this.older];
    this.older.push(name);
    await this.store.share(this.key(name), { signal: this.ending.signal });
    for (const old of needless) {
      if (old !== name) await this.store.unshare(this.key(old));
    }
    this.older = [name];
  }

  private key(name: string): string {
    return `${this.folder}/${name}`;
  }
}
