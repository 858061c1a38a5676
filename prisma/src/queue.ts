import { fromPrisma, PgBoss } from "pg-boss";
import type { Transaction } from "./client.js";
import { workKey, type EvolveJob, type TrainerJob } from "./contracts/jobs.js";

export const queues = { trainer: "train", evolve: "evolve", dead: "dead" } as const;

/** A worker that is silent for this long has lost its jobs (pg-boss's smallest value). */
export const heartbeatSeconds = 10;

/**
 * How often a job may begin anew. Stops and kills count too, so it is generous; a job that is out of
 * attempts goes to `dead`, where its run is marked as failed.
 */
const retryLimit = 20;

export type Queue = PgBoss;

/** Opens the queue on `databaseUrl` and makes its tables where they are missing. */
export async function openQueue(
  databaseUrl: string,
  options: { onError: (error: Error) => void; supervise: boolean },
): Promise<Queue> {
  const boss = new PgBoss({
    connectionString: databaseUrl,
    max: 4,
    application_name: "opnas-queue",
    useListenNotify: true,
    schedule: false,
    supervise: options.supervise,
    // A killed worker's job is found at most this long after its heartbeat ran out.
    superviseIntervalSeconds: 2,
    monitorIntervalSeconds: 2,
  });
  boss.on("error", options.onError);
  await boss.start();
  await boss.createQueue(queues.dead);
  const shared = {
    // One waiting job a task: repeating a request to run it changes nothing. That a second one may
    // become active beside it is harmless: attempts are fenced (claim.ts).
    policy: "short",
    notify: true,
    retryLimit,
    retryDelay: 1,
    expireInSeconds: 24 * 3600 - 1,
    deadLetter: queues.dead,
  };
  await boss.createQueue(queues.trainer, { ...shared, heartbeatSeconds });
  await boss.createQueue(queues.evolve, { ...shared, heartbeatSeconds });
  return boss;
}

/** Enqueues within the caller's transaction: rolled back with it. */
export async function enqueueTrainerJobs(
  queue: Queue,
  tx: Transaction,
  jobs: readonly TrainerJob[],
): Promise<void> {
  await queue.insert(
    queues.trainer,
    jobs.map((job) => ({ data: job, singletonKey: singletonKey(job) })),
    { db: fromPrisma(tx) },
  );
}

export async function enqueueEvolveJob(queue: Queue, tx: Transaction, job: EvolveJob) {
  await queue.send(queues.evolve, job, {
    singletonKey: singletonKey(job),
    db: fromPrisma(tx),
  });
}

function singletonKey(job: TrainerJob | EvolveJob): string {
  return "trainingId" in job ? `training/${job.trainingId}` : `${job.runId}/${workKey(job)}`;
}
