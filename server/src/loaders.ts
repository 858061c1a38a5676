import type {
  Architecture,
  Database,
  Evaluation,
  Generation,
  SearchRun,
  Pretraining,
  PretrainingMetric,
  WebhookDelivery,
} from "@opnas/prisma";
import DataLoader from "dataloader";
import { bestArchitectureIds } from "./run/best.js";
import { type RunTimings, runTimings } from "./run/timings.js";
import { lineages } from "./architecture/lineage.js";
import { recentMetrics } from "./pretraining/recent.js";

/** A loader of values by a row id. */
export type Loader<Value> = DataLoader<string, Value>;

/** The loaders of one operation, each by the id of the row that it is named after. */
export interface Loaders {
  run: Loader<SearchRun>;
  generation: Loader<Generation>;
  architecture: Loader<Architecture>;
  generationsOfRun: Loader<Generation[]>;
  candidatesOfGeneration: Loader<Architecture[]>;
  referencesOfRun: Loader<Architecture[]>;
  evaluationsOfArchitecture: Loader<Evaluation[]>;
  evaluationsOfGeneration: Loader<Evaluation[]>;
  lineage: Loader<string[]>;
  bestArchitectureId: Loader<string | null>;
  timings: Loader<RunTimings>;
  training: Loader<Pretraining>;
  recentMetrics: Loader<PretrainingMetric[]>;
  webhookDelivery: Loader<WebhookDelivery>;
}

/**
 * Creates loaders, which turn the single look-ups of many fields into one query for all of them. They
 * cache nothing: a subscription lives long, and each of its messages must show the present state.
 */
export function createLoaders(database: Database): Loaders {
  return {
    webhookDelivery: byId((ids) =>
      database.webhookDelivery.findMany({ where: { id: { in: ids } } }),
    ),
    run: byId((ids) => database.searchRun.findMany({ where: { id: { in: ids } } })),
    generation: byId((ids) => database.generation.findMany({ where: { id: { in: ids } } })),
    architecture: byId((ids) => database.architecture.findMany({ where: { id: { in: ids } } })),
    generationsOfRun: grouped(
      (runIds) =>
        database.generation.findMany({
          where: { runId: { in: runIds } },
          orderBy: { index: "asc" },
        }),
      ({ runId }) => runId,
    ),
    candidatesOfGeneration: grouped(
      (generationIds) =>
        database.architecture.findMany({
          where: { generationId: { in: generationIds }, reference: null },
          orderBy: { indexInGeneration: "asc" },
        }),
      ({ generationId }) => generationId,
    ),
    referencesOfRun: grouped(
      (runIds) =>
        database.architecture.findMany({
          where: { runId: { in: runIds }, reference: { not: null } },
          orderBy: { indexInGeneration: "asc" },
        }),
      ({ runId }) => runId,
    ),
    evaluationsOfArchitecture: grouped(
      (architectureIds) =>
        database.evaluation.findMany({
          where: { architectureId: { in: architectureIds } },
          orderBy: { id: "asc" },
        }),
      ({ architectureId }) => architectureId,
    ),
    evaluationsOfGeneration: grouped(
      (generationIds) =>
        database.evaluation.findMany({
          where: { architecture: { generationId: { in: generationIds }, reference: null } },
          orderBy: { id: "asc" },
          include: { architecture: { select: { generationId: true } } },
        }),
      ({ architecture }) => architecture.generationId,
    ),
    lineage: mapped((ids) => lineages(database, ids)),
    bestArchitectureId: mapped((runIds) => bestArchitectureIds(database, runIds)),
    timings: mapped((runIds) => runTimings(database, runIds)),
    training: byId((ids) => database.pretraining.findMany({ where: { id: { in: ids } } })),
    recentMetrics: mapped((trainingIds) => recentMetrics(database, trainingIds)),
  };
}

function byId<Row extends { id: string }>(read: (ids: string[]) => Promise<Row[]>): Loader<Row> {
  return mapped(async (ids) => new Map((await read(ids)).map((row) => [row.id, row])));
}

function grouped<Row>(
  read: (keys: string[]) => Promise<Row[]>,
  keyOf: (row: Row) => string,
): Loader<Row[]> {
  return mapped(async (keys) => {
    const groups = new Map(keys.map((key): [string, Row[]] => [key, []]));
    for (const row of await read(keys)) groups.get(keyOf(row))?.push(row);
    return groups;
  });
}

function mapped<Value>(read: (keys: string[]) => Promise<Map<string, Value>>): Loader<Value> {
  return new DataLoader<string, Value>(
    async (keys) => {
      const values = await read([...new Set(keys)]);
      return keys.map((key) => {
        const value = values.get(key);
        return value === undefined ? new Error(`There is no row ${key}.`) : value;
      });
    },
    { cache: false, maxBatchSize: 1_000 },
  );
}
