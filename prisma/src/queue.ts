import { fromPrisma, PgBoss } from "pg-boss";
import type { Transaction } from "./client.js";
import { workKey, type EvolveJob, type TrainerJob } from "./contracts/jobs.js";

/**
 * Stored names of the queues: jobs that need a trainer process, jobs that compute a run's next
 * generation, and jobs that are out of attempts.
 */
export const queues = { trainer: "train", evolve: "evolve", dead: "dead" } as const;

/** Seconds without a heartbeat after which a job is given to another worker (pg-boss's minimum). */
export const heartbeatSeconds = 10;

/**
 * Number of times that a job may start again. It only bounds jobs that take their whole worker down:
 * failed attempts are counted in rows of our own (runs/failures.ts), and a stop or a kill of a worker,
 * which the queue counts too, is none. A job that is out of attempts goes to `dead`.
 */
const retryLimit = 1_000;

/** The job queue, stored in the same Postgres. */
export type Queue = PgBoss;

/**
 * Opens the queue on `databaseUrl` and creates its tables and queues where they are missing.
 * `supervise`: whether this process also looks for jobs whose worker is silent; workers do, the
 * server does not. `onError` receives errors of the queue's own connections.
 * @throws the error of `pg` when the database does not answer
 */
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
    // A killed worker's job is found at most this long after its last heartbeat expired.
    superviseIntervalSeconds: 2,
    monitorIntervalSeconds: 2,
  });
  boss.on("error", options.onError);
  await boss.start();
  await boss.createQueue(queues.dead);
  const shared = {
    // One waiting job per singleton key, so that a repeated request changes nothing. A second job may
    // still become active beside a running one; that is harmless because attempts are fenced
    // (decision 0004).
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

/**
 * Enqueues jobs for a trainer within the caller's transaction, to be taken after so many seconds. A
 * job whose work has a waiting job already is dropped.
 */
export async function enqueueTrainerJobs(
  queue: Queue,
  tx: Transaction,
  jobs: readonly TrainerJob[],
  startAfter = 0,
): Promise<void> {
  await queue.insert(
    queues.trainer,
    jobs.map((job) => ({ data: job, singletonKey: singletonKey(job), startAfter })),
    { db: fromPrisma(tx) },
  );
}

/**
 * Enqueues the job that computes a run's next generation, within the caller's transaction, to be taken
 * after so many seconds. It is dropped when that generation has a waiting job already.
 */
export async function enqueueEvolveJob(
  queue: Queue,
  tx: Transaction,
  job: EvolveJob,
  startAfter = 0,
): Promise<void> {
  await queue.send(queues.evolve, job, {
    singletonKey: singletonKey(job),
    startAfter,
    db: fromPrisma(tx),
  });
}

/** The key under which the queue holds at most one waiting job. */
function singletonKey(job: TrainerJob | EvolveJob): string {
  return "trainingId" in job ? `training/${job.trainingId}` : `${job.runId}/${workKey(job)}`;
}
