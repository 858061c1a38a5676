import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import type { TextPlaces } from "../dataset/places.js";
import type { WorkerSettings } from "../settings.js";

/** Where a run's files are, below the data folder. */
export interface RunArtifacts {
  superNet: string;
  checkpoint: string;
  /** Names the prepared text that the run began with. */
  textKey: string;
}

/** Where a run's text comes from; what is prepared is shared by all runs with the same request. */
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

/** Where a training's files are: its model's folder, also below the data folder, and its checkpoint. */
export async function trainingArtifacts(dataFolder: string, pretrainingId: string) {
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
