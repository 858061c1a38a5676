import { access, rm } from "node:fs/promises";
import path from "node:path";
import { type ArtifactStore, isMissing, storageError } from "@opnas/artifacts";
import type { SearchSettings } from "@opnas/core";
import { begunKey, fileOf, usesUserText } from "../dataset/prepare.js";
import type { TextPlaces } from "../dataset/request.js";

/**
 * Carries a user's text over the store: as a person put it below `text/` there, for the machine that
 * begins a run or a pre-training, and as that machine prepared it, by the hash of its content, for all
 * others. Where machines see the same folder nothing is to do.
 */
export class SharedText {
  private isShared = false;

  constructor(
    private readonly store: ArtifactStore,
    private readonly text: SearchSettings["text"],
    private readonly places: TextPlaces,
  ) {}

  /**
   * Brings the prepared text that the work began with, or else, where this machine's folder of texts
   * has no such text, the files from the store.
   * @returns the places to read it from
   * @throws OpnasError ARTIFACTS_UNREACHABLE, DISK_FULL, DATA_FOLDER_UNWRITABLE
   */
  async bring(): Promise<TextPlaces> {
    if (!usesUserText(this.text)) return this.places;
    if (await this.store.bring(this.keyName, this.places.keyFile)) {
      const key = await begunKey(this.places);
      const isThere = key !== undefined && this.store.bring(nameOf(key), fileOf(this.places, key));
      if (await isThere) return this.places;
    }
    const isHere = (await this.isIn(this.places.own)) || !(await this.bringFiles());
    return isHere ? this.places : { ...this.places, own: this.broughtFolder };
  }

  /**
   * Shares the text once it is prepared; repeating it does nothing.
   * @throws OpnasError ARTIFACTS_UNREACHABLE
   */
  async share(): Promise<void> {
    if (!usesUserText(this.text) || this.isShared) return;
    const key = await begunKey(this.places);
    if (key === undefined) return;
    try {
      await this.store.share(nameOf(key), { file: fileOf(this.places, key) });
    } catch (error) {
      if (isMissing(error)) return; // Somebody cleared the folder of prepared texts.
      throw error;
    }
    // The key comes last: who finds it finds the text.
    await this.store.share(this.keyName, { file: this.places.keyFile });
    await rm(this.broughtFolder, { recursive: true, force: true });
    this.isShared = true;
  }

  /** Returns true if a folder of texts has all that the text is made from. */
  private async isIn(folder: string): Promise<boolean> {
    for (const name of [this.text.folder, this.text.vocabulary]) {
      if (name === null) continue;
      try {
        await access(path.join(folder, name));
      } catch (error) {
        if (isMissing(error)) return false;
        throw storageError(error, folder);
      }
    }
    return true;
  }

  /** Brings the text's files from the store; returns false if it has not all of them. */
  private async bringFiles(): Promise<boolean> {
    const { folder, vocabulary } = this.text;
    const names = folder === null ? [] : await this.store.shared(`text/${folder}`);
    const files = names.map((name) => `${folder ?? ""}/${name}`);
    for (const file of vocabulary === null ? files : [...files, vocabulary]) {
      const target = path.join(this.broughtFolder, file);
      // A bucket's keys may hold any signs: none may lead out of the folder, nor stand for a folder.
      const isFile = !file.endsWith("/") && !file.split("/").includes("..");
      if (isFile) await this.store.bring(`text/${file}`, target);
    }
    return this.isIn(this.broughtFolder);
  }

  /** The folder of files from the store, until they are prepared. */
  private get broughtFolder(): string {
    return path.join(path.dirname(this.places.keyFile), "text");
  }

  private get keyName(): string {
    return path.relative(this.store.folder, this.places.keyFile).split(path.sep).join("/");
  }
}

const nameOf = (key: string) => `prepared/text-${key}.bin`;
