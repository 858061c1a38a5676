import { rm } from "node:fs/promises";
import path from "node:path";
import type { Readable } from "node:stream";
import { type ArtifactStore, FolderStore, type StoredContent } from "@opnas/artifacts";
import { removeEmptied } from "../cleaning/places.js";

/** The files that a platform keeps: in its artifact store, and on this machine. */
export interface Files {
  store: ArtifactStore;
  dataFolder: string;
  /** Folder of users' own texts, which may lie in a store that is a folder. */
  textFolder: string;
}

/** Drafts that an attempt has not named yet. */
const draftForm = /\.tmp(\/|$)/;

/** Folders of the data folder that only its machine needs: checkpoints of its own and copies. */
const ofMachine = ["artifacts", "artifact-cache"];

/**
 * The files that a backup holds, under the same names whatever the store: below `artifacts` those of the
 * store, below `prepared` the prepared texts, which lie in a bucket or else in the data folder. Users'
 * own texts are none of them, though they may lie in the store.
 */
export class Holdings {
  private readonly local: FolderStore;

  constructor(private readonly files: Files) {
    this.local = new FolderStore(files.dataFolder);
  }

  /**
   * Lists the names of the files that are there, sorted.
   * @throws OpnasError ARTIFACTS_UNREACHABLE
   */
  async list(): Promise<string[]> {
    const { store } = this.files;
    const stored = (await store.list()).map(({ name }) => name);
    const texts = store.holdsTexts ? [] : await this.local.list("prepared");
    return [
      ...stored.filter((name) => !this.isOwnText(name)).map((name) => this.entryOf(name)),
      ...texts.map(({ name }) => name),
    ]
      .filter((name) => !draftForm.test(name))
      .sort();
  }

  /** Reads a file; undefined when it has gone. */
  read(name: string): Promise<StoredContent | undefined> {
    const [store, stored] = this.placeOf(name);
    return store.read(stored);
  }

  /** Writes a file, in place of the one of this name. */
  write(name: string, content: Readable): Promise<void> {
    const [store, stored] = this.placeOf(name);
    return store.write(stored, content);
  }

  /**
   * Finds something that a restore would remove or replace.
   * @returns the path or address of a place that is not empty; undefined if all are
   */
  async filled(): Promise<string | undefined> {
    const { store, dataFolder } = this.files;
    if ((await this.list()).length > 0) {
      return store.holdsTexts ? store.address : store.folder;
    }
    for (const folder of ["prepared", ...(this.isStoreHere ? [] : ["artifacts"])]) {
      if ((await this.local.list(folder)).length > 0) return path.join(dataFolder, folder);
    }
    return undefined;
  }

  /** Removes all files but these, drafts and what this machine alone needs included. */
  async removeOthers(names: ReadonlySet<string>): Promise<void> {
    const { store, dataFolder } = this.files;
    for (const { name } of await store.list()) {
      if (this.isOwnText(name) || names.has(this.entryOf(name))) continue;
      await store.remove(name);
      await removeEmptied(store.folder, path.posix.dirname(name));
    }
    for (const { name } of await this.local.list("prepared")) {
      if (store.holdsTexts || !names.has(name)) await this.local.remove(name);
    }
    for (const folder of this.isStoreHere ? [] : ofMachine) {
      await rm(path.join(dataFolder, folder), { recursive: true, force: true });
    }
  }

  private entryOf(name: string): string {
    return this.files.store.holdsTexts && name.startsWith("prepared/") ? name : `artifacts/${name}`;
  }

  private placeOf(name: string): [ArtifactStore, string] {
    const { store } = this.files;
    if (!name.startsWith("prepared/")) return [store, name.slice("artifacts/".length)];
    return [store.holdsTexts ? store : this.local, name];
  }

  /** True where the store is the data folder's own. */
  private get isStoreHere(): boolean {
    const { store, dataFolder } = this.files;
    const own = path.join(dataFolder, "artifacts");
    return !store.holdsTexts && path.resolve(store.folder) === path.resolve(own);
  }

  /** Tells whether a file of the store is a user's text. */
  private isOwnText(name: string): boolean {
    const { store, textFolder } = this.files;
    if (store.holdsTexts) return name.startsWith("text/");
    const fromTexts = path.relative(textFolder, path.join(store.folder, name));
    return !fromTexts.startsWith("..") && !path.isAbsolute(fromTexts);
  }
}
