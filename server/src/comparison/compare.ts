import { isDeepStrictEqual } from "node:util";
import { architectureSchema, describeSettings } from "@opnas/core";
import {
  type Architecture as ArchitectureRow,
  type Database,
  type Evaluation as EvaluationRow,
  readTaskScores,
  type SearchRun as RunRow,
  settingsOfRun,
} from "@opnas/prisma";
import { InputError, isRowId } from "../input.js";
import { notFound } from "../notFound.js";
import { bestArchitectureIds } from "../run/best.js";
import {
  ComparedMeasure,
  maxCompared,
  type MeasureComparison,
  type SettingDifference,
  type TaskComparison,
} from "./types.js";

/** A comparison as it is made from rows. */
export interface ComparedRows {
  runs: RunRow[];
  architectures: (ArchitectureRow | null)[];
  settings: SettingDifference[];
  tasks: TaskComparison[];
  measures: MeasureComparison[];
}

/**
 * Compares runs, by the best candidate of each, or architectures.
 * @throws InputError unless there are 2 to 8 different ids, all of runs or all of architectures;
 * OpnasError `NOT_FOUND` for an unknown id, also one of a deleted run
 */
export async function compare(database: Database, ids: readonly string[]): Promise<ComparedRows> {
  if (ids.length < 2 || ids.length > maxCompared || new Set(ids).size < ids.length) {
    const message = `ids must be 2 to ${maxCompared} different ids, not ${ids.length}.`;
    throw new InputError({ path: ["ids"], message });
  }
  const malformed = ids.find((id) => !isRowId(id));
  if (malformed !== undefined) throw notFound("run or architecture", malformed);
  const { runs, architectures } = await readCompared(database, ids);
  const known = architectures.flatMap((row) => row ?? []);
  const evaluations = await newestEvaluations(database, known);
  return {
    runs,
    architectures,
    settings: differences(runs),
    tasks: taskComparisons(architectures, evaluations),
    measures: measureComparisons(architectures),
  };
}

async function readCompared(database: Database, ids: readonly string[]) {
  const listed = { deletedAt: null };
  const runs = await database.searchRun.findMany({ where: { id: { in: [...ids] }, ...listed } });
  const wanted = runs.length === 0 ? null : await bestArchitectureIds(database, ids);
  const architectureIds = wanted === null ? ids : [...wanted.values()].flatMap((id) => id ?? []);
  const rows = await database.architecture.findMany({
    where: { id: { in: [...architectureIds] }, run: listed },
    include: { run: true },
  });
  const unknown = ids.find((id) => ![...runs, ...rows].some((row) => row.id === id));
  if (unknown !== undefined) {
    const isOther = runs.length > 0 && (await isArchitecture(database, unknown));
    if (!isOther) throw notFound("run or architecture", unknown);
    const message = "ids must be all of runs, or all of architectures.";
    throw new InputError({ path: ["ids"], message });
  }
  const byId = new Map(rows.map((row) => [row.id, row]));
  if (wanted === null) {
    const inOrder = ids.flatMap((id) => byId.get(id) ?? []);
    return { runs: inOrder.map(({ run }) => run), architectures: inOrder };
  }
  return {
    runs: ids.flatMap((id) => runs.find((run) => run.id === id) ?? []),
    architectures: ids.map((id) => byId.get(wanted.get(id) ?? "") ?? null),
  };
}

async function isArchitecture(database: Database, id: string): Promise<boolean> {
  return (await database.architecture.count({ where: { id } })) > 0;
}

async function newestEvaluations(
  database: Database,
  architectures: readonly ArchitectureRow[],
): Promise<Map<string, EvaluationRow>> {
  const rows = await database.evaluation.findMany({
    where: { architectureId: { in: architectures.map(({ id }) => id) } },
    orderBy: { id: "asc" },
  });
  return new Map(rows.map((row) => [row.architectureId, row]));
}

/** Returns seed, preset and the settings in which runs differ. */
function differences(runs: readonly RunRow[]): SettingDifference[] {
  const settings = runs.map((run) => settingsOfRun(run));
  const all = [
    { path: "preset", title: "Preset", values: runs.map(({ preset }) => preset) },
    { path: "seed", title: "Seed", values: runs.map(({ seed }) => seed) },
    ...describeSettings("search").map(({ path, title }) => ({
      path,
      title,
      values: settings.map((each) => valueAt(each, path.split("."))),
    })),
  ];
  return all.filter(({ values }) => values.some((value) => !isDeepStrictEqual(value, values[0])));
}

function valueAt(settings: unknown, [name, ...rest]: readonly string[]): unknown {
  if (name === undefined) return settings;
  if (typeof settings !== "object" || settings === null) return null;
  return valueAt(new Map<string, unknown>(Object.entries(settings)).get(name) ?? null, rest);
}

function taskComparisons(
  architectures: readonly (ArchitectureRow | null)[],
  evaluations: ReadonlyMap<string, EvaluationRow>,
): TaskComparison[] {
  const scores = architectures.map((row) => {
    const evaluation = evaluations.get(row?.id ?? "");
    return evaluation === undefined ? [] : readTaskScores(evaluation.taskScores);
  });
  const titles = new Map(scores.flat().map(({ task, title }) => [task, title]));
  return [...titles].map(([task, title]) => ({
    task,
    title,
    scores: scores.map((own) => own.find((each) => each.task === task)?.score ?? null),
  }));
}

function measureComparisons(
  architectures: readonly (ArchitectureRow | null)[],
): MeasureComparison[] {
  const layers = architectures.map((row) =>
    row === null ? null : architectureSchema.parse(row.json).layers,
  );
  const of = (pick: (row: ArchitectureRow) => number | null) =>
    architectures.map((row) => (row === null ? null : pick(row)));
  const attention = layers.map(
    (each) => each?.filter(({ kind }) => kind === "attention").length ?? null,
  );
  return [
    { measure: ComparedMeasure.SCORE, values: of(({ score }) => score) },
    { measure: ComparedMeasure.PARAMS, values: of(({ params }) => params) },
    { measure: ComparedMeasure.FLOPS, values: of(({ flops }) => flops) },
    { measure: ComparedMeasure.STEP_TIME, values: of(({ stepRatio }) => stepRatio) },
    { measure: ComparedMeasure.LAYERS, values: layers.map((each) => each?.length ?? null) },
    { measure: ComparedMeasure.ATTENTION_LAYERS, values: attention },
  ];
}
