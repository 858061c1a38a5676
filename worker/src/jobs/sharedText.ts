import path from "node:path";
import type { SearchSettings } from "@opnas/core";
import type { ArtifactStore } from "../artifacts/store.js";
import { begunKey, fileOf, usesUserText } from "../dataset/prepare.js";
import type { TextPlaces } from "../dataset/request.js";
import { isMissing } from "../files/writeAtomically.js";

/**
 * Carries a user's text over the store as it was prepared for a run or a pre-training, by the hash of
 * its content. A machine that has no such text of its own goes on with it.
 */
export class SharedText {
  private readonly isNeeded: boolean;
  private isShared = false;

  constructor(
    private readonly store: ArtifactStore,
    text: SearchSettings["text"],
    private readonly places: TextPlaces,
  ) {
    this.isNeeded = usesUserText(text);
  }

  /**
   * Brings the text that the work began with, if it has begun and this machine lacks it.
   * @throws OpnasError ARTIFACTS_UNREACHABLE
   */
  async bring(): Promise<void> {
    if (!this.isNeeded || !(await this.store.bring(this.keyName, this.places.keyFile))) return;
    const key = await begunKey(this.places);
    if (key !== undefined) await this.store.bring(nameOf(key), fileOf(this.places, key));
  }

  /**
   * Shares the text once it is prepared; repeating it does nothing.
   * @throws OpnasError ARTIFACTS_UNREACHABLE
   */
  async share(): Promise<void> {
    if (!this.isNeeded || this.isShared) return;
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
    this.isShared = true;
  }

  private get keyName(): string {
    return path.relative(this.store.folder, this.places.keyFile).split(path.sep).join("/");
  }
}

const nameOf = (key: string) => `prepared/text-${key}.bin`;
