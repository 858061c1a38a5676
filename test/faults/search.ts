import { presetNamed, type SearchSettings } from "@opnas/core";
import { candidateResultSchema, type Database, type Queue, startRun } from "@opnas/prisma";
import { determinedEvents, searchResult } from "../support/searchResult.ts";
import { until } from "../support/until.ts";
import { Lane } from "./lane.ts";
import type { Recording } from "./recording.ts";

const seed = 7;

/**
 * Returns the settings of the search that every round runs under one seed: the smoke preset with one
 * generation more.
 * @param inFlight the setting; null for one generation after the other
 */
export function searchSettings(inFlight: number | null): SearchSettings {
  const { settings } = presetNamed("smoke");
  return {
    ...settings,
    generations: 3,
    inFlight,
    // Every candidate that takes a while leaves a checkpoint.
    superNet: { ...settings.superNet, checkpointEverySeconds: 1 },
  };
}

/** Starts the search. @returns the run's id */
export async function startSearch(
  db: Database,
  queue: Queue,
  settings: SearchSettings,
): Promise<string> {
  const run = await startRun(db, queue, { name: "faults", seed, preset: "smoke", settings });
  return run.id;
}

/** Returns the run's status once it has ended; undefined before, and while the database is away. */
export async function endOf(db: Database, runId: string): Promise<string | undefined> {
  const { status } = await db.searchRun.findUniqueOrThrow({
    where: { id: runId },
    select: { status: true },
  });
  return ["DONE", "FAILED", "CANCELLED"].includes(status) ? status : undefined;
}

/** Returns everything that the seed determines, as JSON: equal runs have equal texts. */
export async function finalStateOf(db: Database, runId: string): Promise<string> {
  const run = await db.searchRun.findUniqueOrThrow({
    where: { id: runId },
    select: { status: true, phase: true, failures: true, bestScore: true, error: true },
  });
  const generations = await db.generation.findMany({
    where: { runId },
    orderBy: { index: "asc" },
    select: { index: true, size: true, evaluated: true, bestScore: true, meanScore: true },
  });
  const result = await searchResult(db, runId);
  const events = await determinedEvents(db, runId);
  return JSON.stringify({ run, generations, result, events }, undefined, 1);
}

/** Runs the search undisturbed on a platform of its own, with trainers that really train, and records it. */
export async function recordOnce(settings: SearchSettings): Promise<Recording> {
  const say = (line: string) => console.error(line);
  const lane = await Lane.start({ trainers: "real", store: "folder", workers: 1, say });
  try {
    return await record(lane.db, lane.queue, settings);
  } finally {
    await lane.stop();
  }
}

async function record(db: Database, queue: Queue, settings: SearchSettings): Promise<Recording> {
  const runId = await startSearch(db, queue, settings);
  const status = await until("the undisturbed search ends", 300, () => endOf(db, runId));
  if (status !== "DONE") throw new Error(`The undisturbed search is ${status}.`);
  const rows = await db.architecture.findMany({
    where: { runId },
    select: { key: true, evaluations: true },
  });
  const results = rows.flatMap(({ key, evaluations }) =>
    evaluations.map((row) => [key, candidateResultSchema.parse(row)] as const),
  );
  return { finalState: await finalStateOf(db, runId), results: Object.fromEntries(results) };
}
