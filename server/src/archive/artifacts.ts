import { createReadStream } from "node:fs";
import type { ArtifactStore, StoredFile } from "@opnas/artifacts";
import { OpnasError } from "@opnas/core";
import type { Database, SearchRun } from "@opnas/prisma";
import { artifactFolder } from "./manifest.js";
import type { ReceivedFile } from "./receive.js";

/** Kinds of artifacts that an archive may hold, as they are asked for. */
export const artifactKinds = ["super-net", "models"] as const;

/** A kind of artifacts. */
export type ArtifactKind = (typeof artifactKinds)[number];

const modelForm = /trainings\/[0-9a-f-]{36}\/attempt-\d+$/;

/** Artifacts of one kind that a run has in the store. */
export interface HeldArtifacts {
  kind: ArtifactKind;
  files: readonly StoredFile[];
}

/**
 * Finds a run's artifacts in the store: its super-net, and the files of the models that its architectures
 * were pre-trained to. Kinds that it has none of are left out.
 * @throws OpnasError `ARTIFACTS_UNREACHABLE`
 */
export async function artifactsOf(
  database: Database,
  store: ArtifactStore,
  run: Pick<SearchRun, "id" | "superNetFile">,
): Promise<HeldArtifacts[]> {
  const superNet = `${run.id}/${run.superNetFile ?? ""}`;
  const trained = await database.pretraining.findMany({
    where: { architecture: { runId: run.id }, artifact: { not: null } },
    orderBy: [{ createdAt: "asc" }, { id: "asc" }],
    select: { artifact: true },
  });
  const models: StoredFile[] = [];
  for (const { artifact } of trained) {
    const folder = modelForm.exec(artifact ?? "")?.[0];
    if (folder !== undefined) models.push(...(await store.list(folder)));
  }
  const held: HeldArtifacts[] = [
    {
      kind: "super-net",
      files: (await store.list(run.id)).filter(({ name }) => name === superNet),
    },
    { kind: "models", files: models },
  ];
  return held.filter(({ files }) => files.length > 0);
}

/**
 * Returns the names of a run's artifacts of some kinds, in the store.
 * @throws OpnasError `WRONG_STATE` where the super-net is asked for and there is none,
 * `ARTIFACTS_UNREACHABLE`
 */
export async function namesOfArtifacts(
  database: Database,
  store: ArtifactStore,
  run: SearchRun,
  kinds: readonly ArtifactKind[],
): Promise<string[]> {
  if (kinds.length === 0) return [];
  const held = await artifactsOf(database, store, run);
  if (kinds.includes("super-net") && !held.some(({ kind }) => kind === "super-net")) {
    const message = `Run ${run.name} has no super-net in the artifact store: leave super-net out.`;
    throw new OpnasError("WRONG_STATE", message);
  }
  return held
    .filter(({ kind }) => kinds.includes(kind))
    .flatMap(({ files }) => files.map(({ name }) => name));
}

/**
 * Stores the artifacts of an archive while its rows are loaded; after a failure none of them is left.
 * @param load loads the rows and calls its argument, with what they name, before they are committed
 * @returns the names of the files of the archive that were stored
 * @throws OpnasError `BAD_INPUT` for an artifact that no row names
 */
export async function storeArtifacts(
  store: ArtifactStore,
  artifacts: readonly ReceivedFile[],
  load: (storeFiles: (named: ReadonlySet<string>) => Promise<void>) => Promise<void>,
): Promise<string[]> {
  const stored: string[] = [];
  try {
    await load(async (named) => {
      for (const { name, file } of artifacts) {
        const key = name.slice(artifactFolder.length);
        const isNamed = named.has(key) || named.has(key.slice(0, key.lastIndexOf("/")));
        if (!isNamed) {
          const message = `The archive cannot be used: no row names ${name}.`;
          throw new OpnasError("BAD_INPUT", message);
        }
        stored.push(name);
        await store.write(key, createReadStream(file));
      }
    });
  } catch (error) {
    for (const name of stored) await store.remove(name.slice(artifactFolder.length));
    throw error;
  }
  return stored;
}
