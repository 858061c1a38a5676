import { mkdir, readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { OpnasError } from "@opnas/core";
import type { SearchRun } from "@opnas/prisma";
import type { TextPlaces } from "../dataset/request.js";
import type { CheckpointPlace } from "../files/checkpointFolder.js";
import { removeFolder } from "../files/writeAtomically.js";
import type { WorkerSettings } from "../settings.js";

/** Folder of all artifacts in the data folder. */
export const artifactsFolder = (dataFolder: string) => join(dataFolder, "artifacts");

/** Paths of a run's text. */
export interface TextKey {
  /** A file that names the prepared text that the run began with. */
  textKey: string;
}

/** Names the folders of a run's text; prepared text is shared by all runs with the same request. */
export function textPlaces(
  { dataFolder, textFolder }: Pick<WorkerSettings, "dataFolder" | "textFolder">,
  { textKey }: TextKey,
): TextPlaces {
  return { own: textFolder, cache: join(dataFolder, "prepared"), keyFile: textKey };
}

const superNetForm = /^super-net\.(\d+)\.safetensors$/;

/**
 * The files of a run. What an attempt writes carries the attempt's number, so that one that was
 * replaced overwrites nothing; the transaction that is fenced names the file that counts (decision
 * 0024).
 */
export class RunArtifacts implements TextKey {
  private constructor(private readonly folder: string) {}

  /** Makes a run's folder where it is missing. */
  static async of(dataFolder: string, runId: string): Promise<RunArtifacts> {
    const folder = join(artifactsFolder(dataFolder), runId);
    await mkdir(folder, { recursive: true });
    return new RunArtifacts(folder);
  }

  get textKey(): string {
    return join(this.folder, "text.key");
  }

  /** Returns the name, in the run's folder, of the super-net that an attempt trains. */
  superNetName(attempt: number): string {
    return `super-net.${String(attempt)}.safetensors`;
  }

  path(name: string): string {
    return join(this.folder, name);
  }

  /** Returns a run's super-net; a run of an older version has one without a stored name. */
  superNet({ superNetFile, superNetChecksum }: SearchRun) {
    return { file: this.path(superNetFile ?? "super-net.safetensors"), checksum: superNetChecksum };
  }

  superNetCheckpoints(attempt: number): CheckpointPlace {
    const earlier = this.path("super-net.checkpoint.safetensors");
    return { folder: this.path(join("checkpoints", "super-net")), attempt, earlier };
  }

  candidateCheckpoints(architectureId: string, attempt: number): CheckpointPlace {
    return { folder: this.path(join("checkpoints", architectureId)), attempt };
  }

  /** Removes a super-net's checkpoints and the files of all attempts up to this one but `published`. */
  async tidySuperNet(published: string, attempt: number): Promise<void> {
    const { folder, earlier } = this.superNetCheckpoints(attempt);
    await removeFolder(folder);
    if (earlier !== undefined) await rm(earlier, { force: true });
    for (const name of await readdir(this.folder)) {
      const [, of] = superNetForm.exec(name) ?? [];
      const isNeedless = of !== undefined && Number(of) <= attempt && name !== published;
      if (isNeedless) await rm(this.path(name), { force: true });
    }
  }
}

/**
 * Makes a pre-training's folder where it is missing and names the files of one attempt at it: the
 * model's folder, also relative to the data folder, and the checkpoints.
 */
export async function pretrainingArtifacts(
  dataFolder: string,
  pretrainingId: string,
  attempt: number,
) {
  const own = join("artifacts", "trainings", pretrainingId);
  const folder = join(dataFolder, own);
  await mkdir(folder, { recursive: true });
  const nameOf = (of: number) => `attempt-${String(of)}`;
  const earlier = join(folder, "checkpoint.safetensors");
  const checkpoints = { folder: join(folder, "checkpoints"), attempt, earlier };
  return {
    artifact: join(own, nameOf(attempt)),
    modelFolder: join(folder, nameOf(attempt)),
    checkpoints,
    textKey: join(folder, "text.key"),
    /** Removes the checkpoints and the models of attempts up to this one but the published one. */
    tidy: async (published: string): Promise<void> => {
      await removeFolder(checkpoints.folder);
      await rm(earlier, { force: true });
      for (let of = 1; of <= attempt; of++) {
        if (join(own, nameOf(of)) !== published) await removeFolder(join(folder, nameOf(of)));
      }
    },
  };
}

/**
 * Throws unless a run's super-net is in the artifact store of this worker.
 * @param store the id of this worker's store
 * @throws OpnasError ARTIFACTS_UNREACHABLE
 */
export function requireSameStore(
  { name, superNetStore }: Pick<SearchRun, "name" | "superNetStore">,
  store: string,
): void {
  if (superNetStore === null || superNetStore === store) return;
  throw new OpnasError(
    "ARTIFACTS_UNREACHABLE",
    `The super-net of run ${name} lies in another data folder than this worker's. Start the worker with the data folder (OPNAS_DATA_DIR) of the run's other workers.`,
  );
}
