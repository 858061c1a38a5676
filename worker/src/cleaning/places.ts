import {
  type ArtifactStore,
  FolderStore,
  isMissing,
  storageError,
  type StoredFile,
} from "@opnas/artifacts";
import { rmdir } from "node:fs/promises";
import path from "node:path";
import { text } from "node:stream/consumers";

/** A file that cleaning looks at. */
export interface PlacedFile extends StoredFile {
  place: Place;
  /** Path that tells its kind, below `artifacts` or `prepared`, in whatever place it lies. */
  role: string;
}

/** A store whose files are cleaned: the artifact store, or what else lies in the data folder. */
export interface Place {
  list(): Promise<PlacedFile[]>;
  /** Removes a file that may be gone already, and the folders that are empty without it. */
  remove(name: string): Promise<void>;
  /** Reads a small file; undefined when it has gone. */
  read(name: string): Promise<string | undefined>;
  /** Returns the path or address of a file or folder for a person. */
  addressOf(name: string): string;
  /**
   * Tells whether the place belongs to the database of this id. One that belongs to none yet is marked
   * as this one's. Without the mark, the files of a place that is used with another database for once
   * would all look like files that no row names.
   */
  belongsTo(databaseId: string): Promise<boolean>;
  /** Path or address of the mark. */
  readonly mark: string;
}

/** Returns the places of files: the artifact store, and what else a machine keeps in its data folder. */
export function placesOf(store: ArtifactStore, dataFolder: string): [Place, Place] {
  const own = path.join(dataFolder, "artifacts");
  const isOwn = !store.holdsTexts && path.resolve(store.folder) === path.resolve(own);
  const folders = ["prepared", "artifact-cache"];
  const local = new DataFolder(dataFolder, isOwn ? folders : ["artifacts", ...folders]);
  return [new StorePlace(store, isOwn ? "artifacts" : store.address), local];
}

const markName = "database.id";

class StorePlace implements Place {
  readonly mark: string;

  constructor(
    private readonly store: ArtifactStore,
    private readonly address: string,
  ) {
    this.mark = this.addressOf(markName);
  }

  async list(): Promise<PlacedFile[]> {
    const isText = (name: string) => this.store.holdsTexts && name.startsWith("prepared/");
    return (await this.store.list()).map((file) => {
      const { name } = file;
      return { ...file, place: this, role: isText(name) ? name : `artifacts/${name}` };
    });
  }

  async remove(name: string): Promise<void> {
    await this.store.remove(name);
    await removeEmptied(this.store.folder, path.posix.dirname(name));
  }

  async read(name: string): Promise<string | undefined> {
    const found = await this.store.read(name);
    return found && text(found.content);
  }

  addressOf(name: string): string {
    return `${this.address}/${name}`;
  }

  async belongsTo(databaseId: string): Promise<boolean> {
    return (await this.store.claim(markName, `${databaseId}\n`)).trim() === databaseId;
  }
}

/** Folders of the data folder: prepared texts, and with a store elsewhere a machine's own checkpoints and copies. */
class DataFolder implements Place {
  readonly mark = `artifacts/${markName}`;
  private readonly files: FolderStore;

  constructor(
    dataFolder: string,
    private readonly folders: readonly string[],
  ) {
    this.files = new FolderStore(dataFolder);
  }

  async list(): Promise<PlacedFile[]> {
    const lists = await Promise.all(this.folders.map((folder) => this.files.list(folder)));
    return lists.flat().map((file) => {
      return { ...file, place: this, role: file.name.replace(/^artifact-cache\//, "artifacts/") };
    });
  }

  async remove(name: string): Promise<void> {
    await this.files.remove(name);
    const [root = "", ...folders] = path.posix.dirname(name).split("/");
    await removeEmptied(path.join(this.files.folder, root), folders.join("/"));
  }

  async read(name: string): Promise<string | undefined> {
    const found = await this.files.read(name);
    return found && text(found.content);
  }

  addressOf(name: string): string {
    return name;
  }

  async belongsTo(databaseId: string): Promise<boolean> {
    return (await this.files.claim(this.mark, `${databaseId}\n`)).trim() === databaseId;
  }
}

/**
 * Removes a folder below `root` if it is empty, then those above it that are empty without it.
 * @throws OpnasError DATA_FOLDER_UNWRITABLE
 */
export async function removeEmptied(root: string, name: string): Promise<void> {
  for (let folder = name; folder !== "" && folder !== "."; folder = path.posix.dirname(folder)) {
    try {
      await rmdir(path.join(root, folder));
    } catch (error) {
      if (isMissing(error)) continue;
      const code = error instanceof Error && "code" in error ? error.code : undefined;
      if (code === "ENOTEMPTY" || code === "EEXIST") return;
      throw storageError(error, root);
    }
  }
}
