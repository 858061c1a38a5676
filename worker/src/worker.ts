import { randomUUID } from "node:crypto";
import { openStore } from "@opnas/artifacts";
import {
  anyJobSchema,
  claimChannel,
  Consumer,
  type ConsumerOptions,
  createClient,
  Crowd,
  databaseError,
  type EvolveJob,
  evolveJobSchema,
  jobChannel,
  Notifications,
  openQueue,
  queues,
  refuseNewerDatabase,
  reportWorker,
  restoreLostJobs,
  RunWriter,
  type TrainerJob,
  trainerJobSchema,
  workKey,
  type WorkerState,
} from "@opnas/prisma";
import { SpanKind } from "@opentelemetry/api";
import { inSpan, type LogFields, withLogFields } from "@opnas/telemetry";
import { cleanRegularly } from "./cleaning/regularly.js";
import { ClaimLooks } from "./jobs/claimLooks.js";
import type { Course, JobContext } from "./jobs/context.js";
import { handleCandidate } from "./jobs/candidate.js";
import { handleEvolve } from "./jobs/evolve.js";
import { handleExport } from "./jobs/export.js";
import { handlePretraining } from "./jobs/pretraining.js";
import { Proposals } from "./jobs/proposals.js";
import { handleReproduction } from "./jobs/reproduction.js";
import { settle, settleDead } from "./jobs/settle.js";
import { handleSuperNet } from "./jobs/superNet.js";
import { SettingsLooks, understood } from "./jobs/understood.js";
import { Rest } from "./rest.js";
import type { WorkerSettings } from "./settings.js";
import { TrainerPool, type Trainers } from "./trainer/pool.js";
import { UsageMeter } from "./usage/usageMeter.js";
import { WorkMeter } from "./usage/workMeter.js";

export interface RunningWorker {
  engine: { name: string; version: string; reasons: string[] };
  slots: number;
  stop(): Promise<void>;
}

const reportEveryMilliseconds = 5_000;
/** Milliseconds after which a job that began or ended is reported. */
const reportSoonMilliseconds = 300;
/** Seconds from any report to such a one of a worker among few. */
const reportAgainSeconds = 2;
const lookForLostJobsEveryMilliseconds = 60_000;
/** Seconds between two looks into a queue of a worker that nothing woke. */
const lookEverySeconds = 3;
/** Seconds between two looks for jobs that are out of attempts, which are rare. */
const lookForDeadJobsEverySeconds = 15;
/** Connections of a worker's client: its transactions are short, however many slots it has. */
const connections = 4;
/** Seconds that handlers have to stop; a trainer that does not stop between two steps is killed at 5 s. */
const graceSeconds = 7;

/**
 * Starts a worker: finds its engine by starting a first trainer, then takes jobs until it is stopped.
 * @param trainers do its work; by default trainers of the settings' engine
 * @throws OpnasError `ENGINE_UNAVAILABLE`, `DATABASE_UNREACHABLE`
 */
export async function startWorker(
  settings: WorkerSettings,
  trainers: Trainers = new TrainerPool(settings),
): Promise<RunningWorker> {
  const engine = await trainers.with((trainer) => Promise.resolve(trainer.engine));
  const notifications = new Notifications(
    settings.databaseUrl,
    [jobChannel, claimChannel],
    (line) => console.log(line),
  );
  await notifications.start();
  const db = createClient(settings.databaseUrl, connections, { isRepetitive: true });
  await refuseNewerDatabase(db);
  const crowd = new Crowd();
  const queue = await openQueue(settings.databaseUrl, {
    supervise: true,
    crowd,
    onError: (error) => console.error(`Queue: ${databaseError(error).message}`),
  });
  const stopping = new AbortController();
  const workerId = randomUUID();
  const rest: Rest = new Rest({
    pause: () => trainer.pause(),
    resume: () => trainer.resume(),
    onChange: () => void report(),
  });
  const context: JobContext = {
    db,
    queue,
    trainers,
    store: await openStore(settings),
    settings,
    workerId,
    notifications,
    writer: new RunWriter(db, queue, settings.slots),
    looks: new ClaimLooks(db),
    stopping: stopping.signal,
    rest,
  };
  const proposals = new Proposals();
  const meter = new UsageMeter({ pids: () => trainers.pids, gpus: settings.gpus });
  meter.start();
  const work = new WorkMeter();

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
    usage: meter.usage,
    work: work.work,
  });
  let soon: NodeJS.Timeout | undefined;
  let reportedAt = -Infinity;
  const report = async () => {
    clearTimeout(soon);
    soon = undefined;
    reportedAt = performance.now();
    try {
      crowd.workers = await reportWorker(db, state(current.size > 0 ? "busy" : "idle"));
    } catch (error) {
      console.error(`Could not report this worker: ${databaseError(error).message}`);
    }
  };

  // Jobs of many slots begin and end side by side: they are told together, among many workers by the
  // regular report.
  const reportSoon = () => {
    if (stopping.signal.aborted) return;
    const again = reportedAt + crowd.seconds(reportAgainSeconds) * 1_000 - performance.now();
    soon ??= setTimeout(() => void report(), Math.max(reportSoonMilliseconds, again));
  };

  const train = async (id: string, job: TrainerJob, course: Course) => {
    current.set(id, describe(job));
    const unfollow = work.follow(course);
    reportSoon();
    try {
      if (job.kind === "superNet") await handleSuperNet(context, job.runId, course);
      else if (job.kind === "pretrain") await handlePretraining(context, job.trainingId, course);
      else if (job.kind === "reproduce")
        await handleReproduction(context, job.reproductionId, course);
      else if (job.kind === "export") await handleExport(context, job.exportId, course);
      else await handleCandidate(context, job, course);
    } finally {
      unfollow();
      current.delete(id);
      reportSoon();
    }
  };

  const lookForLostJobs = async () => {
    try {
      const restored = await restoreLostJobs(db, queue);
      if (restored > 0) console.log(`Open work without a job: ${restored} queued again.`);
    } catch (error) {
      console.error(`Could not look for lost jobs: ${databaseError(error).message}`);
    }
  };

  const lookForLostJobsInTurn = async () => {
    try {
      const isTurn = await queue.takeTurn("lost jobs", lookForLostJobsEveryMilliseconds / 2);
      if (isTurn) await lookForLostJobs();
    } catch (error) {
      console.error(`Could not look for lost jobs: ${databaseError(error).message}`);
    }
  };

  await report();
  await lookForLostJobs();
  const looking = setInterval(() => void lookForLostJobsInTurn(), lookForLostJobsEveryMilliseconds);
  const endCleaning =
    settings.retention &&
    cleanRegularly(db, settings.dataFolder, settings.retention, settings.artifacts);
  const reporting = setInterval(() => void report(), reportEveryMilliseconds);
  const consume = (
    name: string,
    slots: number,
    handle: ConsumerOptions["handle"],
    lookEvery = lookEverySeconds,
  ) => {
    const onError = (error: unknown) =>
      console.error(`Queue ${name}: ${databaseError(error).message}`);
    const looks = { lookEverySeconds: () => crowd.seconds(lookEvery) };
    const onEnd = work.count;
    const consumer = new Consumer(queue, { name, slots, handle, onEnd, onError, ...looks });
    notifications.listen(jobChannel, (queued) => {
      if (queued === null || queued === name) consumer.wake();
    });
    return consumer;
  };
  const settingsLooks = new SettingsLooks(db);
  const problemOf = (job: TrainerJob | EvolveJob) => settingsLooks.problemOf(job);
  const trainer = consume(
    queues.trainer,
    settings.slots,
    understood(trainerJobSchema, problemOf, ({ id, data }) =>
      attempting(data, () => settle(context, data, (course) => train(id, data, course))),
    ),
  );
  const evolve = consume(
    queues.evolve,
    1,
    understood(evolveJobSchema, problemOf, ({ data }) =>
      attempting(data, () =>
        settle(context, data, (course) => handleEvolve(context, proposals, data, course)),
      ),
    ),
  );
  const dead = consume(
    queues.dead,
    1,
    understood(anyJobSchema, problemOf, ({ data }) => settleDead(context, data)),
    lookForDeadJobsEverySeconds,
  );
  const consumers = [trainer, evolve, dead];
  for (const consumer of consumers) consumer.start();

  return {
    engine,
    slots: settings.slots,
    stop: async () => {
      clearInterval(reporting);
      meter.end();
      clearTimeout(soon);
      rest.cancel();
      clearInterval(looking);
      endCleaning?.();
      stopping.abort();
      await Promise.all(consumers.map((consumer) => consumer.stop(graceSeconds)));
      await Promise.all([trainers.end(), proposals.end()]);
      context.store.end();
      await queue.stop({ graceful: false });
      await reportWorker(db, state("stopped"));
      await notifications.stop();
      await db.$disconnect();
    },
  };
}

/** Makes one attempt at a job, within a span of the trace that queued it and with its fields in the log. */
function attempting<T>(job: TrainerJob | EvolveJob, work: () => Promise<T>): Promise<T> {
  const fields = fieldsOf(job);
  const kind = "kind" in job ? job.kind : "evolve";
  const attributes = { "opnas.job": fields.job, "opnas.run": fields.run };
  const span = { name: `attempt ${kind}`, kind: SpanKind.CONSUMER, attributes, from: job.trace };
  return withLogFields(fields, () => inSpan(span, work));
}

/** Returns what the lines about a job say of it in the log. */
function fieldsOf(job: TrainerJob | EvolveJob): LogFields {
  if ("trainingId" in job) return { pretraining: job.trainingId, job: job.kind };
  if ("reproductionId" in job) return { reproduction: job.reproductionId, job: job.kind };
  if ("exportId" in job) return { export: job.exportId, job: job.kind };
  return { run: job.runId, job: workKey(job) };
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
    case "reproduce":
      return `reproduction ${job.reproductionId}`;
    case "export":
      return `export ${job.exportId}`;
  }
}
