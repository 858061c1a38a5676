import { mkdir, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { type ArtifactStore } from "@opnas/artifacts";
import { OpnasError } from "@opnas/core";
import { exportArchiveName, type SearchRun } from "@opnas/prisma";
import type { TextPlaces } from "../dataset/request.js";
import type { CheckpointPlace } from "../files/checkpointFolder.js";
import { removeFolder } from "../files/writeAtomically.js";
import { modelFiles } from "../model/modelFile.js";
import type { WorkerSettings } from "../settings.js";

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

/**
 * The files of a run. What an attempt writes carries the attempt's number, so that one that was
 * replaced overwrites nothing; the transaction that is fenced names the file that counts (decision
 * 0024).
 */
export class RunArtifacts implements TextKey {
  private constructor(
    private readonly store: ArtifactStore,
    private readonly runId: string,
    private readonly folder: string,
  ) {}

  /** Makes a run's folder where it is missing. */
  static async of(store: ArtifactStore, runId: string): Promise<RunArtifacts> {
    const folder = join(store.folder, runId);
    await mkdir(folder, { recursive: true });
    return new RunArtifacts(store, runId, folder);
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

  /** Publishes a file of the run's folder. */
  publish(name: string): Promise<void> {
    return this.store.publish(this.key(name));
  }

  /**
   * Returns a run's super-net as a file on this machine; a run of an older version has one without a
   * stored name.
   * @throws OpnasError ARTIFACTS_UNREACHABLE
   */
  async superNet(run: SearchRun) {
    const file = await this.store.local(this.key(nameOfSuperNet(run)));
    return { file, checksum: run.superNetChecksum };
  }

  /** Removes this machine's copy of a run's super-net; returns false where there are no copies. */
  forgetSuperNet(run: SearchRun): Promise<boolean> {
    return this.store.forget(this.key(nameOfSuperNet(run)));
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
    for (let of = 1; of <= attempt; of++) {
      const name = this.superNetName(of);
      if (name !== published) await this.store.remove(this.key(name));
    }
  }

  private key(name: string): string {
    return `${this.runId}/${name}`;
  }
}

const nameOfSuperNet = ({ superNetFile }: SearchRun) => superNetFile ?? "super-net.safetensors";

/**
 * Makes a pre-training's folder where it is missing and names the files of one attempt at it: the
 * model's folder, also by its address for the database, and the checkpoints.
 */
export async function pretrainingArtifacts(
  store: ArtifactStore,
  pretrainingId: string,
  attempt: number,
) {
  const own = `trainings/${pretrainingId}`;
  const folder = join(store.folder, own);
  await mkdir(folder, { recursive: true });
  const nameOf = (of: number) => `attempt-${String(of)}`;
  const earlier = join(folder, "checkpoint.safetensors");
  const checkpoints = { folder: join(folder, "checkpoints"), attempt, earlier };
  const files = (of: number) => modelFiles.map((file) => `${own}/${nameOf(of)}/${file}`);
  return {
    artifact: `${store.address}/${own}/${nameOf(attempt)}`,
    modelFolder: join(folder, nameOf(attempt)),
    checkpoints,
    textKey: join(folder, "text.key"),
    publish: async (): Promise<void> => {
      for (const file of files(attempt)) await store.publish(file);
    },
    /** Removes the checkpoints and the models of attempts up to this one but the published one. */
    tidy: async (published: string): Promise<void> => {
      await removeFolder(checkpoints.folder);
      await rm(earlier, { force: true });
      for (let of = 1; of <= attempt; of++) {
        // Another machine may know a shared folder by another path.
        if (published.endsWith(`${own}/${nameOf(of)}`)) continue;
        for (const file of files(of)) await store.remove(file);
        await removeFolder(join(folder, nameOf(of)));
      }
    },
  };
}

/**
 * Brings a pre-trained model to this machine.
 * @param artifact its folder, as the pre-training's row names it
 * @returns its folder here, and a function that removes copies, if they are any
 * @throws OpnasError ARTIFACTS_UNREACHABLE
 */
export async function localModel(store: ArtifactStore, artifact: string) {
  const own = artifact.slice(artifact.lastIndexOf("trainings/"));
  const names = modelFiles.map((file) => `${own}/${file}`);
  const [first = ""] = await Promise.all(names.map((name) => store.local(name)));
  const forget = async () => {
    const were = await Promise.all(names.map((name) => store.forget(name)));
    return were.some((was) => was);
  };
  return { folder: dirname(first), forget };
}

/**
 * Names the files of one attempt at an export: its folder in the store, and one of this machine for the
 * files of the archive.
 */
export function exportArtifacts(store: ArtifactStore, exportId: string, attempt: number) {
  const nameOf = (of: number) => `exports/${exportId}/attempt-${of}`;
  return {
    artifact: nameOf(attempt),
    archive: `${nameOf(attempt)}/${exportArchiveName}`,
    folder: join(store.folder, nameOf(attempt), "files"),
    /** Removes the archives of attempts up to this one but the published one. */
    tidy: async (published: string | null): Promise<void> => {
      for (let of = 1; of <= attempt; of++) {
        if (nameOf(of) !== published) await store.remove(`${nameOf(of)}/${exportArchiveName}`);
      }
    },
  };
}

/**
 * Throws unless a run's super-net is in the artifact store of this worker.
 * @param store the id of this worker's store
 * @throws OpnasError ANOTHER_STORE
 */
export function requireSameStore(
  { name, superNetStore }: Pick<SearchRun, "name" | "superNetStore">,
  store: string,
): void {
  if (superNetStore === null || superNetStore === store) return;
  throw new OpnasError(
    "ANOTHER_STORE",
    `The super-net of run ${name} lies in another artifact store than this worker's. Start the worker with the store (OPNAS_ARTIFACTS) of the run's other workers.`,
  );
}
