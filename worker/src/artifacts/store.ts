import { mkdir } from "node:fs/promises";
import { join } from "node:path";

/** Where a run's files are, below the data folder. */
export interface RunArtifacts {
  superNet: string;
  checkpoint: string;
}

/** The prepared text, shared by all runs with the same request. */
export function textFolder(dataFolder: string): string {
  return join(dataFolder, "text");
}

/** Makes a run's folder where it is missing and names its files. */
export async function runArtifacts(dataFolder: string, runId: string): Promise<RunArtifacts> {
  const folder = join(dataFolder, "artifacts", runId);
  await mkdir(folder, { recursive: true });
  return {
    superNet: join(folder, "super-net.safetensors"),
    checkpoint: join(folder, "super-net.checkpoint.safetensors"),
  };
}

/** Where a training's files are: its model's folder, also below the data folder, and its checkpoint. */
export async function trainingArtifacts(dataFolder: string, trainingId: string) {
  const artifact = join("artifacts", "trainings", trainingId);
  const folder = join(dataFolder, artifact);
  await mkdir(folder, { recursive: true });
  return { artifact, folder, checkpoint: join(folder, "checkpoint.safetensors") };
}
