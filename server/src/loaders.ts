import type {
  AuditEntry,
  Database,
  Evaluation,
  Export,
  Generation,
  SearchRun,
  Pretraining,
  PretrainingMetric,
  WebhookDelivery,
} from "@opnas/prisma";
import DataLoader from "dataloader";
import type { RowBudget } from "./http/budget.js";
import { bestArchitectureIds } from "./run/best.js";
import type { RunRow } from "./run/row.js";
import { type RunTimings, runTimings } from "./run/timings.js";
import { lineages } from "./architecture/lineage.js";
import { type ArchitectureRow, withoutJson } from "./architecture/row.js";
import { recentMetrics } from "./pretraining/recent.js";

/** The most look-ups that become one query; Postgres takes 32,767 values in a statement. */
const maxBatchSize = 20_000;

/** A loader of values by a row id. */
export type Loader<Value> = DataLoader<string, Value>;

/** The loaders of one operation, each by the id of the row that it is named after. */
export interface Loaders {
  run: Loader<RunRow>;
  /** The settings of a run. */
  settings: Loader<Pick<SearchRun, "settings">>;
  auditEntry: Loader<AuditEntry>;
  generation: Loader<Generation>;
  architecture: Loader<ArchitectureRow>;
  /** The JSON of an architecture. */
  backbone: Loader<{ json: unknown }>;
  generationsOfRun: Loader<Generation[]>;
  candidatesOfGeneration: Loader<ArchitectureRow[]>;
  referencesOfRun: Loader<ArchitectureRow[]>;
  evaluationsOfArchitecture: Loader<Evaluation[]>;
  evaluationsOfGeneration: Loader<Evaluation[]>;
  /** The newest export of each model and form. */
  exportsOfArchitecture: Loader<Export[]>;
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
export function createLoaders(database: Database, budget: RowBudget): Loaders {
  const { byId, grouped, mapped } = readersWithin(budget);
  return {
    webhookDelivery: byId((ids) =>
      database.webhookDelivery.findMany({ where: { id: { in: ids } } }),
    ),
    run: byId((ids) =>
      database.searchRun.findMany({ where: { id: { in: ids } }, omit: { settings: true } }),
    ),
    settings: byId((ids) =>
      database.searchRun.findMany({
        where: { id: { in: ids } },
        select: { id: true, settings: true },
      }),
    ),
    auditEntry: byId((ids) => database.auditEntry.findMany({ where: { id: { in: ids } } })),
    generation: byId((ids) => database.generation.findMany({ where: { id: { in: ids } } })),
    architecture: byId((ids) =>
      database.architecture.findMany({ where: { id: { in: ids } }, omit: { features: true } }),
    ),
    backbone: byId((ids) =>
      database.architecture.findMany({
        where: { id: { in: ids } },
        select: { id: true, json: true },
      }),
    ),
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
          omit: withoutJson,
          orderBy: { indexInGeneration: "asc" },
        }),
      ({ generationId }) => generationId,
    ),
    referencesOfRun: grouped(
      (runIds) =>
        database.architecture.findMany({
          where: { runId: { in: runIds }, reference: { not: null } },
          omit: withoutJson,
          orderBy: { indexInGeneration: "asc" },
        }),
      ({ runId }) => runId,
    ),
    evaluationsOfArchitecture: grouped(
      (architectureIds) =>
        database.evaluation.findMany({
          where: { architectureId: { in: architectureIds } },
          orderBy: [{ createdAt: "asc" }, { id: "asc" }],
        }),
      ({ architectureId }) => architectureId,
    ),
    evaluationsOfGeneration: grouped(
      (generationIds) =>
        database.evaluation.findMany({
          where: { architecture: { generationId: { in: generationIds }, reference: null } },
          orderBy: [{ architecture: { indexInGeneration: "asc" } }, { id: "asc" }],
          include: { architecture: { select: { generationId: true } } },
        }),
      ({ architecture }) => architecture.generationId,
    ),
    exportsOfArchitecture: grouped(
      (architectureIds) =>
        database.export.findMany({
          where: { architectureId: { in: architectureIds } },
          orderBy: [{ createdAt: "desc" }, { id: "desc" }],
          distinct: ["architectureId", "pretrainingId", "format"],
        }),
      ({ architectureId }) => architectureId,
    ),
    lineage: mapped((ids) => lineages(database, ids)),
    bestArchitectureId: mapped((runIds) => bestArchitectureIds(database, runIds)),
    timings: mapped((runIds) => runTimings(database, runIds)),
    training: byId((ids) => database.pretraining.findMany({ where: { id: { in: ids } } })),
    recentMetrics: mapped((trainingIds) => recentMetrics(database, trainingIds)),
  };
}

/** Returns the ways to make loaders whose rows count against a budget. */
function readersWithin(budget: RowBudget) {
  const mapped = <Value>(read: (keys: string[]) => Promise<Map<string, Value>>): Loader<Value> =>
    new DataLoader<string, Value>(
      async (keys) => {
        budget.spend(keys.length);
        const values = await read([...new Set(keys)]);
        budget.spend(keys.reduce((sum, key) => sum + entriesOf(values.get(key)), 0));
        return keys.map((key) => {
          const value = values.get(key);
          return value === undefined ? new Error(`There is no row ${key}.`) : value;
        });
      },
      { cache: false, maxBatchSize },
    );
  const byId = <Row extends { id: string }>(read: (ids: string[]) => Promise<Row[]>) =>
    mapped(async (ids) => new Map((await read(ids)).map((row) => [row.id, row])));
  const grouped = <Row>(read: (keys: string[]) => Promise<Row[]>, keyOf: (row: Row) => string) =>
    mapped(async (keys) => {
      const groups = new Map(keys.map((key): [string, Row[]] => [key, []]));
      for (const row of await read(keys)) groups.get(keyOf(row))?.push(row);
      return groups;
    });
  return { byId, grouped, mapped };
}

function entriesOf(value: unknown): number {
  return Array.isArray(value) ? value.length : 0;
}
