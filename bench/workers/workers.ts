/** A search on very many workers at once; run by `npm run bench:workers`. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { presetNamed, type SearchSettings } from "@opnas/core";
import { createClient, type Database, openQueue, startRun } from "@opnas/prisma";
import { startEmbeddedPostgres } from "@opnas/prisma/embedded";
import { migrate } from "@opnas/prisma/migrate";
import { type RunningWorker, startWorker } from "@opnas/worker/process";
import { z } from "zod";
import { runBench, positive, whole } from "../common/command.ts";
import { DatabaseLoad } from "./databaseLoad.ts";
import { SleepingTrainers, type Span } from "./sleepingTrainers.ts";
import { costliestStatements, countingStatements, forgetStatements } from "./statements.ts";
import { evaluationTimes, kindsOfTimes } from "./times.ts";

const about = `Workers of so many slots each, all in this process, run one search of two generations on one embedded
Postgres that holds --stored candidates of another run. An evaluation takes --seconds, on average, and no processor:
with --times alike within a tenth, so that a thousand end in three seconds; with --times recorded spread as recorded
trainings of candidates were. What is measured is the platform: the share of the slots that are busy while a generation has candidates that wait, the
platform's processor time for each candidate (this process' and Postgres'), the transactions and the waits for locks
that it took, and the connections to Postgres. Transactions and waits hardly depend on other work of the machine.
--statements N counts every kind of statement (which takes time of its own) and prints the N costliest.`;

/** Children of a parent; a search may have 1,000 parents. */
const childrenPerParent = 8;

/** Seconds that storing all candidates of the other run may take. */
const storeSeconds = 300;

await runBench(
  {
    name: "bench:workers",
    about,
    options: {
      workers: whole(1).default(63),
      slots: whole(1).default(16),
      seconds: positive.default(30),
      times: z.enum(kindsOfTimes).default("alike"),
      waves: whole(1).default(2),
      stored: whole(0).default(100_000),
      statements: whole(1).optional(),
    },
    quick: { workers: "4", slots: "4", seconds: "0.5", stored: "200" },
  },
  async (options) => {
    const folder = await mkdtemp(path.join(tmpdir(), "opnas-workers-"));
    const postgres = await (options.statements === undefined
      ? startEmbeddedPostgres({ folder: path.join(folder, "postgres") })
      : countingStatements(path.join(folder, "postgres")));
    await migrate(postgres.url);
    const db = createClient(postgres.url, 4, { statementSeconds: storeSeconds });
    try {
      await storeCandidates(db, options.stored);
      if (options.statements !== undefined) await forgetStatements(db);
      const measured = await measure(db, postgres.url, path.join(folder, "data"), options);
      console.table(measured);
      if (options.statements === undefined) return measured;
      const statements = await costliestStatements(db, options.statements);
      console.table(statements);
      return { ...measured, statements };
    } finally {
      await db.$disconnect();
      await postgres.stop();
      await rm(folder, { recursive: true, force: true });
    }
  },
);

interface Options {
  workers: number;
  slots: number;
  seconds: number;
  times: (typeof kindsOfTimes)[number];
  waves: number;
}

async function measure(db: Database, databaseUrl: string, dataFolder: string, options: Options) {
  const { workers, slots, seconds, waves } = options;
  const all = workers * slots;
  const queue = await openQueue(databaseUrl, { supervise: false, onError: console.error });
  const secondsOf = await evaluationTimes(options.times, seconds);
  let evaluation = 0;
  const trainers = Array.from(
    { length: workers },
    () => new SleepingTrainers(() => secondsOf(evaluation++)),
  );
  const started: RunningWorker[] = [];
  for (const [index, each] of trainers.entries()) {
    const name = `worker-${index}`;
    const artifacts = { kind: "folder" as const, folder: path.join(dataFolder, "artifacts") };
    const places = { dataFolder, textFolder: dataFolder, artifacts };
    started.push(await startWorker({ ...places, databaseUrl, engine: "auto", slots, name }, each));
  }
  console.error(`${workers} workers of ${slots} slots are up.`);
  const load = new DatabaseLoad(db);
  await load.start();
  const [time, cpu] = [performance.now(), process.cpuUsage()];
  const run = await startRun(db, queue, {
    name: "many workers",
    seed: 1,
    preset: "smoke",
    settings: settingsFor(all * waves),
  });
  await followed(db, run.id, load);
  const used = process.cpuUsage(cpu);
  const { transactions, processorMilliseconds, connections, waiting } = await load.end();
  const evaluations = await db.evaluation.findMany({
    where: { runId: run.id },
    select: { timings: true },
  });
  const total = (performance.now() - time) / 1000;
  await Promise.all(started.map((worker) => worker.stop()));
  await queue.stop({ graceful: false });
  const spans = trainers.flatMap((each) => each.spans);
  const count = evaluations.length;
  const postgres = [...processorMilliseconds].map(([name, milliseconds]) => ({
    name,
    millisecondsPerCandidate: milliseconds / count,
  }));
  console.table(postgres);
  const postgresMilliseconds = [...processorMilliseconds.values()].reduce((a, b) => a + b, 0);
  return {
    slots: all,
    candidates: count,
    seconds: total,
    busyShare: busyShare(spans, all, all * waves),
    processorMillisecondsPerCandidate: (used.user + used.system) / 1000 / count,
    postgresMillisecondsPerCandidate: postgresMilliseconds / count,
    transactionsPerCandidate: transactions / count,
    sessionsWaitingForLocks: waiting,
    connections,
  };
}

/** Settings of a random search of two generations of so many candidates. */
function settingsFor(candidates: number): SearchSettings {
  return {
    ...presetNamed("smoke").settings,
    strategy: "random",
    population: candidates,
    parents: Math.ceil(candidates / childrenPerParent),
    childrenPerParent,
    generations: 1,
    references: false,
  };
}

/** Waits for the end of a run, says how far it is and looks at the database's load each second. */
async function followed(db: Database, runId: string, load: DatabaseLoad): Promise<void> {
  for (let look = 0; ; look += 1) {
    const { status, error } = await db.searchRun.findUniqueOrThrow({ where: { id: runId } });
    if (status === "DONE") return;
    if (status === "FAILED") throw new Error(`The search failed: ${JSON.stringify(error)}`);
    await load.look();
    if (look % 10 === 0) {
      console.error(`${await db.evaluation.count({ where: { runId } })} candidates are evaluated.`);
    }
    await sleep(1_000);
  }
}

/**
 * Returns the share of the slots that worked while candidates waited: in each generation from the first start of
 * an evaluation to the last.
 */
function busyShare(spans: readonly Span[], slots: number, perGeneration: number): number {
  const sorted = [...spans].sort((a, b) => a.begun - b.begun);
  let [worked, available] = [0, 0];
  for (let first = 0; first < sorted.length; first += perGeneration) {
    const generation = sorted.slice(first, first + perGeneration);
    const [from, to] = [generation[0]?.begun ?? 0, generation.at(-1)?.begun ?? 0];
    available += slots * (to - from);
    for (const { begun, ended } of generation) {
      worked += Math.max(0, Math.min(ended, to) - Math.max(begun, from));
    }
  }
  return worked / available;
}

/** Stores so many evaluated candidates of a run that is done. */
async function storeCandidates(db: Database, count: number): Promise<void> {
  await db.$executeRaw`
    WITH run AS (
      INSERT INTO "SearchRun" (id, name, status, phase, seed, preset, strategy, settings)
      VALUES (gen_random_uuid(), 'stored', 'DONE', 'FINISHED', 1, 'smoke', 'random', '{}') RETURNING id
    ), generation AS (
      INSERT INTO "Generation" (id, "runId", index, size, evaluated)
      SELECT gen_random_uuid(), id, 0, ${count}::int, ${count}::int FROM run RETURNING id, "runId"
    ), architecture AS (
      INSERT INTO "Architecture" (id, "runId", "generationId", "indexInGeneration", key, name, json, params, flops, score)
      SELECT gen_random_uuid(), "runId", id, n, 'stored ' || n, 'stored ' || n, '{}', n, n, 40 + n % 20
        FROM generation, generate_series(1, ${count}::int) AS n RETURNING id, "runId", score
    )
    INSERT INTO "Evaluation" (id, "runId", "architectureId", score, stability, "taskScores", timings, engine, attempt)
    SELECT gen_random_uuid(), "runId", id, score, 'STABLE', '[]', '{}', 'stored', 1 FROM architecture`;
  await db.$executeRaw`ANALYZE`;
}
