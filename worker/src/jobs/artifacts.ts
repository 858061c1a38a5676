import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import type { TextPlaces } from "../dataset/request.js";
import type { WorkerSettings } from "../settings.js";

/** Paths of a run's files, below the data folder. */
export interface RunArtifacts {
  superNet: string;
  checkpoint: string;
  /** A file that names the prepared text that the run began with. */
  textKey: string;
}

/** Names the folders of a run's text; prepared text is shared by all runs with the same request. */
export function textPlaces(
  { dataFolder, textFolder }: Pick<WorkerSettings, "dataFolder" | "textFolder">,
  { textKey }: Pick<RunArtifacts, "textKey">,
): TextPlaces {
  return { own: textFolder, cache: join(dataFolder, "prepared"), keyFile: textKey };
}

/** Makes a run's folder where it is missing and names its files. */
export async function runArtifacts(dataFolder: string, runId: string): Promise<RunArtifacts> {
  const folder = join(dataFolder, "artifacts", runId);
  await mkdir(folder, { recursive: true });
  return {
    superNet: join(folder, "super-net.safetensors"),
    checkpoint: join(folder, "super-net.checkpoint.safetensors"),
    textKey: join(folder, "text.key"),
  };
}

/**
 * Makes a pre-training's folder where it is missing and names its files: the model's folder, also
 * below the data folder, and the checkpoint.
 */
export async function pretrainingArtifacts(dataFolder: string, pretrainingId: string) {
  const artifact = join("artifacts", "trainings", pretrainingId);
  const folder = join(dataFolder, artifact);
  await mkdir(folder, { recursive: true });
  return {
    artifact,
    folder,
    checkpoint: join(folder, "checkpoint.safetensors"),
    textKey: join(folder, "text.key"),
  };
}
