import { randomUUID } from "node:crypto";
import { OpnasError, toOpnasError } from "@opnas/core";
import {
  createClient,
  type Database,
  databaseError,
  evolveJobSchema,
  failRun,
  failPretraining,
  openQueue,
  queues,
  reportWorker,
  type TrainerJob,
  trainerJobSchema,
  type WorkerState,
} from "@opnas/prisma";
import { z } from "zod";
import type { JobContext } from "./jobs/context.js";
import { handleCandidate } from "./jobs/candidate.js";
import { handleEvolve } from "./jobs/evolve.js";
import { handlePretraining } from "./jobs/pretraining.js";
import { handleSuperNet } from "./jobs/superNet.js";
import type { WorkerSettings } from "./settings.js";
import { TrainerPool } from "./trainer/pool.js";

export interface RunningWorker {
  engine: { name: string; version: string; reasons: string[] };
  slots: number;
  stop(): Promise<void>;
}

const reportEveryMilliseconds = 5_000;
const polling = { pollingIntervalSeconds: 0.5, notifyPollingIntervalSeconds: 0.5 };
const anyJobSchema = z.union([trainerJobSchema, evolveJobSchema]);

/**
 * Starts a worker: finds its engine by starting a first trainer, then takes jobs until it is stopped.
 * @throws OpnasError `ENGINE_UNAVAILABLE`, `DATABASE_UNREACHABLE`
 */
export async function startWorker(settings: WorkerSettings): Promise<RunningWorker> {
  const trainers = new TrainerPool(settings);
  const engine = await trainers.with((trainer) => Promise.resolve(trainer.engine));
  const db = createClient(settings.databaseUrl);
  const queue = await openQueue(settings.databaseUrl, {
    supervise: true,
    onError: (error) => console.error(`Queue: ${error.message}`),
  });
  const stopping = new AbortController();
  const workerId = randomUUID();
  const context: JobContext = {
    db,
    queue,
    trainers,
    settings,
    workerId,
    stopping: stopping.signal,
  };

  const current = new Map<string, string>();
  const state = (status: WorkerState["status"]): WorkerState => ({
    id: workerId,
    name: settings.name,
    engine: `${engine.name} ${engine.version}`,
    engineReasons: engine.reasons,
    threads: engine.threads,
    slots: settings.slots,
    status,
    currentJobs: [...current.values()],
  });
  const report = async () => {
    try {
      await reportWorker(db, state(current.size > 0 ? "busy" : "idle"));
    } catch (error) {
      console.error(`Could not report this worker: ${databaseError(error).message}`);
    }
  };

  const train = async (id: string, job: TrainerJob) => {
    current.set(id, describe(job));
    void report();
    try {
      if (job.kind === "superNet") await handleSuperNet(context, job.runId);
      else if (job.kind === "pretrain") await handlePretraining(context, job.trainingId);
      else await handleCandidate(context, job);
    } finally {
      current.delete(id);
      void report();
    }
  };

  await report();
  const reporting = setInterval(() => void report(), reportEveryMilliseconds);
  await queue.work(
    queues.trainer,
    { ...polling, localConcurrency: settings.slots, heartbeatRefreshSeconds: 3 },
    ([job]) => settle(context, job, (data) => train(job?.id ?? "", trainerJobSchema.parse(data))),
  );
  await queue.work(queues.evolve, polling, ([job]) =>
    settle(context, job, (data) => handleEvolve(context, evolveJobSchema.parse(data))),
  );
  await queue.work(queues.dead, polling, async ([job]) => {
    if (job === undefined) return;
    const sentence = "A job was given up after many attempts; see the worker's log.";
    await failWork(db, job.data, new OpnasError("WORKER_LOST", sentence));
  });

  return {
    engine,
    slots: settings.slots,
    stop: async () => {
      clearInterval(reporting);
      stopping.abort();
      await queue.stop({ graceful: true, timeout: 7_000 });
      await trainers.end();
      await reportWorker(db, state("stopped"));
      await db.$disconnect();
    },
  };
}

/** Describes the job that a worker's slot is busy with, for a person. */
function describe(job: TrainerJob): string {
  switch (job.kind) {
    case "superNet":
      return "super-net";
    case "evaluate":
      return `candidate ${job.architectureId}`;
    case "pretrain":
      return `pre-training ${job.trainingId}`;
  }
}

/** Marks what a job belongs to as failed: its run, or its training. */
async function failWork(db: Database, data: unknown, error: OpnasError): Promise<void> {
  const job = anyJobSchema.parse(data);
  if ("trainingId" in job) await failPretraining(db, job.trainingId, error);
  else await failRun(db, job.runId, error);
}

/**
 * Runs a job's handler and decides, in this one place, what its failure means. Throwing makes the
 * queue try again; returning ends the job.
 */
async function settle(
  { db, stopping }: JobContext,
  job: { data: unknown } | undefined,
  handle: (data: unknown) => Promise<void>,
): Promise<void> {
  if (job === undefined) return;
  try {
    await handle(job.data);
  } catch (error) {
    const known = error instanceof OpnasError ? error : databaseError(error);
    // Stopped by the worker's own end: another attempt goes on. Paused or replaced: nothing to do.
    if (known.code === "STOPPED" && !stopping.aborted) return;
    if (known.code === "ATTEMPT_REPLACED") return;
    if (known.kind === "retryable") throw known;
    console.error(error);
    await failWork(db, job.data, toOpnasError(error));
  }
}
