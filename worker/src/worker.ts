import { randomUUID } from "node:crypto";
import {
  createClient,
  databaseError,
  evolveJobSchema,
  openQueue,
  queues,
  reportWorker,
  type TrainerJob,
  trainerJobSchema,
  type WorkerState,
} from "@opnas/prisma";
import type { Course, JobContext } from "./jobs/context.js";
import { handleCandidate } from "./jobs/candidate.js";
import { handleEvolve } from "./jobs/evolve.js";
import { handlePretraining } from "./jobs/pretraining.js";
import { settle, settleDead } from "./jobs/settle.js";
import { handleSuperNet } from "./jobs/superNet.js";
import { Rest } from "./rest.js";
import type { WorkerSettings } from "./settings.js";
import { TrainerPool } from "./trainer/pool.js";

export interface RunningWorker {
  engine: { name: string; version: string; reasons: string[] };
  slots: number;
  stop(): Promise<void>;
}

const reportEveryMilliseconds = 5_000;
const polling = { pollingIntervalSeconds: 0.5, notifyPollingIntervalSeconds: 0.5 };

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
    onError: (error) => console.error(`Queue: ${databaseError(error).message}`),
  });
  const stopping = new AbortController();
  const workerId = randomUUID();
  const rest: Rest = new Rest({
    pause: () => queue.offWork(queues.trainer, { wait: false }),
    resume: () => takeTrainerJobs(),
    onChange: () => void report(),
  });
  const context: JobContext = {
    db,
    queue,
    trainers,
    settings,
    workerId,
    stopping: stopping.signal,
    rest,
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
    restReason: rest.reason,
  });
  const report = async () => {
    try {
      await reportWorker(db, state(current.size > 0 ? "busy" : "idle"));
    } catch (error) {
      console.error(`Could not report this worker: ${databaseError(error).message}`);
    }
  };

  const train = async (id: string, job: TrainerJob, course: Course) => {
    current.set(id, describe(job));
    void report();
    try {
      if (job.kind === "superNet") await handleSuperNet(context, job.runId, course);
      else if (job.kind === "pretrain") await handlePretraining(context, job.trainingId, course);
      else await handleCandidate(context, job, course);
    } finally {
      current.delete(id);
      void report();
    }
  };

  const takeTrainerJobs = async () => {
    await queue.work(
      queues.trainer,
      { ...polling, localConcurrency: settings.slots, heartbeatRefreshSeconds: 3 },
      ([job]) =>
        settle(context, job, (data, course) =>
          train(job?.id ?? "", trainerJobSchema.parse(data), course),
        ),
    );
  };

  await report();
  const reporting = setInterval(() => void report(), reportEveryMilliseconds);
  await takeTrainerJobs();
  await queue.work(queues.evolve, polling, ([job]) =>
    settle(context, job, (data, course) =>
      handleEvolve(context, evolveJobSchema.parse(data), course),
    ),
  );
  await queue.work(queues.dead, polling, ([job]) => settleDead(context, job));

  return {
    engine,
    slots: settings.slots,
    stop: async () => {
      clearInterval(reporting);
      rest.cancel();
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
