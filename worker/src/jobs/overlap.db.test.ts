import { randomUUID } from "node:crypto";
import {
  architectureKey,
  type Architecture,
  presetNamed,
  runSearch,
  searchContext,
  type SearchSettings,
  stream,
} from "@opnas/core";
import {
  changeRunState,
  createClient,
  extendRun,
  finishRun,
  openQueue,
  queues,
  restoreLostJobs,
} from "@opnas/prisma";
import { RunMaker, testDatabase } from "@opnas/prisma/testing";
import { afterAll, expect, test } from "vitest";
import { z } from "zod";
import { handleEvolve } from "./evolve.js";
import { Proposals } from "./proposals.js";

const url = await testDatabase();
const db = createClient(url);
const queue = await openQueue(url, { supervise: false, onError: (error) => console.error(error) });
const workerId = randomUUID();
const common = { engine: "wasm", engineReasons: [], threads: 1, status: "idle", currentJobs: [] };
await db.worker.create({ data: { ...common, id: workerId, name: "one", slots: 1 } });
const runs = new RunMaker(db, queue, workerId);
const proposals = new Proposals();
afterAll(async () => {
  await proposals.end();
  await queue.stop({ graceful: false });
  await db.$disconnect();
});

const slots = 9;
const jobSchema = z.object({ architectureId: z.uuid() });
const evolveSchema = z.object({ runId: z.uuid(), generation: z.int() });

/** Generations of 4 in which three may be evaluated at once. */
const settings: SearchSettings = {
  ...presetNamed("smoke").settings,
  evaluator: "platform",
  references: false,
  generations: 4,
  inFlight: 12,
};

const scoreOf = (key: string) => 100 * stream(1, key).next();

/** Starts a run whose super-net is trained. */
async function started(changes: Partial<SearchSettings> = {}): Promise<string> {
  await queue.deleteAllJobs(queues.evolve);
  const runId = await runs.runWithSuperNet({ ...settings, ...changes });
  await queue.deleteAllJobs(queues.trainer);
  return runId;
}

/**
 * Works on a run's jobs until there are none: slots take candidates in turn, and which one ends first
 * is random.
 * @param disturb is called before each result, with its number
 * @returns the most slots that were busy at once
 */
async function work(
  runId: string,
  seed: number,
  disturb: (result: number) => void | Promise<void> = () => undefined,
) {
  const random = stream(seed, "order of results");
  let held: string[] = [];
  let most = 0;
  for (let result = 0; ;) {
    const [evolve] = await queue.fetch(queues.evolve);
    if (evolve) {
      const job = evolveSchema.parse(evolve.data);
      await handleEvolve({ db, queue, workerId }, proposals, job, { step: 0, claim: undefined });
      await queue.complete(queues.evolve, evolve.id);
      continue;
    }
    const free = slots - held.length;
    const taken = free > 0 ? await queue.fetch(queues.trainer, { batchSize: free }) : [];
    held.push(...taken.map(({ data }) => jobSchema.parse(data).architectureId));
    most = Math.max(most, held.length);
    const id = held[random.int(Math.max(1, held.length))];
    if (id === undefined) return most;
    const { key, score } = await db.architecture.findUniqueOrThrow({ where: { id } });
    if (score === null) {
      await disturb(result++);
      await runs.evaluate(runId, id, scoreOf(key));
    }
    held = held.filter((other) => other !== id);
  }
}

/** Reads the candidates of a run in the order of their proposal. */
async function candidatesOf(runId: string) {
  const rows = await db.architecture.findMany({
    where: { runId },
    orderBy: [{ generation: { index: "asc" } }, { indexInGeneration: "asc" }],
    select: {
      key: true,
      score: true,
      mutation: true,
      indexInGeneration: true,
      parent: { select: { key: true } },
      generation: { select: { index: true } },
    },
  });
  return rows.map(({ key, score, mutation, indexInGeneration, parent, generation }) => {
    const parentKey = parent?.key ?? null;
    return {
      key,
      score,
      mutation,
      parentKey,
      generation: generation.index,
      index: indexInGeneration,
    };
  });
}

/** Returns what core's search gives under these settings. */
async function searchedInCore(own: SearchSettings) {
  const { generations, inFlight, strategy } = own;
  const { population, parents, childrenPerParent, survivors, tournament, scoreUnit } = own;
  const { ucb, screening, reinforcement } = own;
  const { candidates } = await runSearch<Architecture>({
    space: searchContext(own, 7).space,
    evaluate: (architecture) => scoreOf(architectureKey(architecture)),
    seed: 7,
    strategy,
    generations,
    ...(inFlight === null ? {} : { inFlight }),
    settings: {
      population,
      parents,
      childrenPerParent,
      survivors,
      tournament,
      scoreUnit,
      ucb,
      screening,
      reinforcement,
    },
  });
  return candidates.map(({ key, score, mutation, parentKey, generation, index }) => {
    return { key, score, mutation, parentKey, generation, index };
  });
}

const statusOf = async (id: string) =>
  (await db.searchRun.findUniqueOrThrow({ where: { id } })).status;

test("overlapping generations give core's search, in any order of the results", async () => {
  const wanted = await searchedInCore(settings);
  expect(wanted).not.toEqual(await searchedInCore({ ...settings, inFlight: null }));
  const runId = await started();
  expect(await work(runId, 1)).toBe(slots);
  expect(await candidatesOf(runId)).toEqual(wanted);
  expect(await statusOf(runId)).toBe("DONE");
  const kinds = ["generation.started", "generation.finished"];
  const events = await db.runEvent.findMany({
    where: { runId, kind: { in: kinds } },
    orderBy: { seq: "asc" },
  });
  const told = events.map(({ kind, payload }) => {
    return `${kind} ${z.object({ index: z.int() }).parse(payload).index}`;
  });
  expect(new Set(told).size).toBe(10);
  const begun = told.filter((line) => line.startsWith("generation.started"));
  expect(begun).toEqual([0, 1, 2, 3, 4].map((index) => `generation.started ${index}`));
  const at = (line: string) => told.indexOf(line);
  expect(at("generation.started 3")).toBeLessThan(at("generation.finished 1"));
  expect(at("generation.finished 1")).toBeLessThan(at("generation.started 4"));
});

test("without the setting no generation begins before the last has ended", async () => {
  const changes = { inFlight: null, generations: 1 };
  const runId = await started(changes);
  expect(await work(runId, 1)).toBe(4);
  expect(await candidatesOf(runId)).toEqual(await searchedInCore({ ...settings, ...changes }));
});

test("lost and repeated jobs and a pause change nothing", async () => {
  const runId = await started();
  await work(runId, 3, async (result) => {
    if (result % 5 === 1) {
      await queue.deleteAllJobs(queues.evolve);
      await restoreLostJobs(db, queue);
    }
    if (result % 5 === 3) {
      const generation = await db.generation.count({ where: { runId } });
      await queue.send(queues.evolve, { runId, generation: generation - 1 });
    }
    if (result % 7 === 4) {
      await changeRunState(db, queue, runId, "pause");
      await changeRunState(db, queue, runId, "resume");
    }
  });
  expect(await candidatesOf(runId)).toEqual(await searchedInCore(settings));
  expect(await statusOf(runId)).toBe("DONE");
});

test("a larger budget later gives what it had given at first", async () => {
  const runId = await started({ generations: 2 });
  await work(runId, 4);
  expect(await statusOf(runId)).toBe("DONE");
  await extendRun(db, queue, runId, 2);
  await work(runId, 5);
  expect(await candidatesOf(runId)).toEqual(await searchedInCore(settings));
  expect(await statusOf(runId)).toBe("DONE");
});

test("a search that finds nothing new ends when its last candidate has a result", async () => {
  const { runId, ids } = await runs.searchingRun(["a", "b"], { references: false, inFlight: 12 });
  const [a = "", b = ""] = ids;
  const evolve = await runs.claim(runId, "evolve:1");
  await finishRun(db, evolve);
  expect(await statusOf(runId)).toBe("RUNNING");
  await runs.evaluate(runId, a, 1);
  await queue.deleteAllJobs(queues.evolve);
  await runs.evaluate(runId, b, 2);
  const [next] = await queue.fetch(queues.evolve);
  expect(evolveSchema.parse(next?.data)).toEqual({ runId, generation: 1 });
  await finishRun(db, await runs.claim(runId, "evolve:1"));
  expect(await statusOf(runId)).toBe("DONE");
});
