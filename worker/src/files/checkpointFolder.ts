import { readdir, rm } from "node:fs/promises";
import path from "node:path";
import { isMissing } from "@opnas/artifacts";
import { OpnasError } from "@opnas/core";
import { z } from "zod";
import type { Tensors } from "../engine/hostTensor.js";
import { writeTensors } from "./safetensors.js";
import { readTensors } from "./tensorFile.js";

/** The place of a piece of work's checkpoints, and the attempt in whose name new ones are written. */
export const checkpointPlaceSchema = z.strictObject({
  folder: z.string(),
  attempt: z.int().min(1),
  /** A checkpoint that an older version of the program may have left, read if there is no other. */
  earlier: z.string().optional(),
});
/** The place of a piece of work's checkpoints, and the attempt in whose name new ones are written. */
export type CheckpointPlace = z.infer<typeof checkpointPlaceSchema>;

/** A checkpoint's file or a draft of it: progress and attempt. */
const nameForm = /^(\d+)\.(\d+)\.safetensors(\..*)?$/;

/** Reads a checkpoint's progress and attempt from its name; undefined for a draft or another file. */
export function parseCheckpointName(
  name: string,
): { progress: number; attempt: number } | undefined {
  const [, progress, attempt, draft] = nameForm.exec(name) ?? [];
  if (progress === undefined || draft !== undefined) return undefined;
  return { progress: Number(progress), attempt: Number(attempt) };
}

/** Checkpoints of an attempt that are kept: should the last be damaged, there is the one before. */
const keptPerAttempt = 2;

/**
 * The checkpoints of one piece of work. All attempts at it share a folder, but no file: each file is
 * named after the progress that it holds and the attempt that wrote it, so an attempt that was
 * replaced can overwrite nothing. Equal progress of two attempts has equal bits, so any of them can
 * go on from any file.
 */
export class CheckpointFolder {
  constructor(private readonly place: CheckpointPlace) {}

  /**
   * Reads the checkpoint of the most progress. One that is cut off or damaged, or that `load` refuses
   * by CORRUPT_ARTIFACT, is said and passed over.
   * @returns undefined where none can be used: the work starts from its beginning
   */
  async newest<State>(load: (tensors: Tensors) => State): Promise<State | undefined> {
    const { folder, earlier } = this.place;
    const files = (await this.entries())
      .filter(({ isDraft }) => !isDraft)
      .sort((a, b) => b.progress - a.progress || b.attempt - a.attempt)
      .map(({ name }) => path.join(folder, name));
    for (const file of earlier === undefined ? files : [...files, earlier]) {
      try {
        return load(await readTensors(file));
      } catch (error) {
        if (isMissing(error)) continue; // Tidied away meanwhile by the attempt that wrote it.
        if (!(error instanceof OpnasError && error.code === "CORRUPT_ARTIFACT")) throw error;
        console.error(`${error.message} The work goes on from an earlier state.`);
      }
    }
    return undefined;
  }

  /**
   * Writes a checkpoint of so much progress and removes those that it makes needless: this attempt's
   * but the last two and, once there are two, those of earlier attempts.
   * @returns the name of its file
   * @throws OpnasError DISK_FULL, DATA_FOLDER_UNWRITABLE
   */
  async save(tensors: Tensors, progress: number): Promise<string> {
    const name = `${progress}.${this.place.attempt}.safetensors`;
    const file = path.join(this.place.folder, name);
    try {
      await writeTensors(file, tensors);
    } catch (error) {
      if (!isMissing(error)) throw error;
      // The folder was tidied away in between: the work is done, or another attempt goes on.
      await writeTensors(file, tensors);
    }
    await this.removeNeedless();
    return name;
  }

  /** Returns the most progress that a checkpoint here holds; -1 where there is none. */
  async progress(): Promise<number> {
    const whole = (await this.entries()).filter(({ isDraft }) => !isDraft);
    return Math.max(-1, ...whole.map(({ progress }) => progress));
  }

  private async removeNeedless(): Promise<void> {
    const { folder, attempt } = this.place;
    const entries = await this.entries();
    const own = entries
      .filter((entry) => entry.attempt === attempt && !entry.isDraft)
      .sort((a, b) => b.progress - a.progress);
    if (own.length < keptPerAttempt) return;
    const older = entries.filter((entry) => entry.attempt < attempt);
    for (const { name } of [...own.slice(keptPerAttempt), ...older]) {
      await rm(path.join(folder, name), { force: true });
    }
  }

  private async entries() {
    return (await namesIn(this.place.folder)).flatMap((name) => {
      const [, progress, attempt, draft] = nameForm.exec(name) ?? [];
      if (progress === undefined) return [];
      const isDraft = draft !== undefined;
      return [{ name, progress: Number(progress), attempt: Number(attempt), isDraft }];
    });
  }
}

async function namesIn(folder: string): Promise<string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    if (isMissing(error)) return [];
    throw error;
  }
}
