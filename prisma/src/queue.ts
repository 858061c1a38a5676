import type pg from "pg";
import { type ConstructorOptions, fromPrisma, PgBoss, type StopOptions } from "pg-boss";
import { mostAtOnce } from "@opnas/core";
import { openPool } from "./connections.js";
import { oncePerMinute } from "./oncePerMinute.js";
import type { Transaction } from "./client.js";
import { anyJobSchema, workKey, type EvolveJob, type TrainerJob } from "./contracts/jobs.js";
import { jobChannel } from "./channels.js";
import { inQueueSpan, traceContext } from "./traceContext.js";

/**
 * Stored names of the queues: jobs that need a trainer process, jobs that compute a run's next
 * generation, and jobs that are out of attempts.
 */
export const queues = { trainer: "train", evolve: "evolve", dead: "dead" } as const;

/** Seconds without a heartbeat after which a job is given to another worker; the queue's least value. */
export const heartbeatSeconds = 10;

/**
 * Number of times that a job may start again. It only bounds jobs that take their whole worker down:
 * failed attempts are counted in rows of our own (runs/failures.ts), and a stop or a kill of a worker,
 * which the queue counts too, is none. A job that is out of attempts goes to `dead`.
 */
const retryLimit = 1_000;

/**
 * Seconds that the queue lets a job be worked on, counted from its newest heartbeat: 20 days. The queue
 * must have such a limit; older programs take it for a timer, which cannot be above 24 days. Each
 * heartbeat moves it on, so that only silence ends a lease.
 */
export const expirySeconds = 20 * 24 * 3600;

/** Seconds that a waiting job is kept: ten years, so that none vanishes before its work is done. */
const retentionSeconds = 10 * 365 * 24 * 3600;

/**
 * Milliseconds after which each process asks whether somebody has lately looked for jobs whose worker is
 * silent, and the age at which a look is not of late. A killed worker's job is found at most the sum of
 * the two after its lease has ended.
 */
const [superviseEveryMilliseconds, superviseAfterMilliseconds] = [2_000, 1_500];

/** The job queue, stored in the same Postgres, over a pool of its own. */
export class Queue extends PgBoss {
  private supervising: NodeJS.Timeout | undefined;

  constructor(
    private readonly pool: pg.Pool,
    options: ConstructorOptions,
  ) {
    super({ ...options, db: { executeSql: (text, values) => pool.query(text, values) } });
  }

  /**
   * Looks for jobs whose worker is silent, for as long as the queue is open, unless another process has
   * done so lately: a look is ten statements, and many workers would make it many times a second.
   */
  superviseInTurn(onError: (error: unknown) => void): void {
    const look = async () => {
      try {
        if (await this.isLookDue()) await this.supervise();
      } catch (error) {
        onError(error);
      }
      this.supervising?.refresh();
    };
    this.supervising = setTimeout(() => void look(), superviseEveryMilliseconds);
  }

  override async stop(options?: StopOptions): Promise<void> {
    clearTimeout(this.supervising);
    this.supervising = undefined;
    await super.stop(options);
    if (!this.pool.ending) await this.pool.end();
  }

  private async isLookDue(): Promise<boolean> {
    const { rows } = await this.getDb().executeSql(
      `SELECT FROM pgboss.queue WHERE name = $1
          AND monitor_claim_on > clock_timestamp() - $2 * interval '1 ms'`,
      [queues.trainer, superviseAfterMilliseconds],
    );
    return rows.length === 0;
  }
}

/**
 * Connections of a queue's pool: one for the heartbeats and one for all else. They are apart from the
 * client's, so that a heartbeat never waits for a transaction.
 */
const queueConnections = 2;

/**
 * Opens the queue on `databaseUrl`, creates its tables and queues where they are missing, and brings
 * the settings of existing queues up to date.
 * `supervise`: whether this process also looks for jobs whose worker is silent; workers do, the
 * server does not. `onError` receives errors of the queue's own connections, each at most once a minute.
 * @throws the error of `pg` when the database does not answer
 */
export async function openQueue(
  databaseUrl: string,
  options: { onError: (error: Error) => void; supervise: boolean },
): Promise<Queue> {
  const pool = openPool(databaseUrl, "opnas-queue", queueConnections);
  const onError = oncePerMinute((error) => {
    options.onError(error instanceof Error ? error : new Error(String(error)));
  });
  pool.on("error", onError);
  const queue = new Queue(pool, {
    schedule: false,
    supervise: false,
    // Several processes may look at once; the first of a second does.
    monitorIntervalSeconds: 1,
  });
  queue.on("error", onError);
  try {
    await queue.start();
    await settleQueues(queue);
    if (options.supervise) queue.superviseInTurn(onError);
    return queue;
  } catch (error) {
    await queue.stop({ graceful: false });
    throw error;
  }
}

/**
 * Creates the queues that are missing, and gives queues and waiting jobs that an older version created
 * the settings of this one.
 */
async function settleQueues(queue: Queue): Promise<void> {
  const kept = { retentionSeconds };
  await queue.createQueue(queues.dead, kept);
  await queue.updateQueue(queues.dead, kept);
  const settings = {
    ...kept,
    retryLimit,
    retryDelay: 1,
    heartbeatSeconds,
    deadLetter: queues.dead,
  };
  for (const name of [queues.trainer, queues.evolve]) {
    // One waiting job per singleton key, so that a repeated request changes nothing. A second job may
    // still become active beside a running one; that is harmless because attempts are fenced
    // (decision 0004).
    await queue.createQueue(name, { ...settings, policy: "short" });
    await queue.updateQueue(name, settings);
  }
  // A job has the settings that its queue had when it was enqueued.
  await queue.getDb().executeSql(
    `UPDATE pgboss.job
        SET keep_until = created_on + $1 * interval '1 s', expire_seconds = greatest(expire_seconds, $2)
      WHERE name = ANY($3) AND state < 'completed'
        AND (keep_until < created_on + $1 * interval '1 s' OR expire_seconds < $2)`,
    [retentionSeconds, expirySeconds, Object.values(queues)],
  );
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
  await insertJobs(queue, tx, queues.trainer, jobs, startAfter);
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
  await insertJobs(queue, tx, queues.evolve, [job], startAfter);
}

/** Enqueues jobs of either kind within the caller's transaction, each in its queue. */
export async function enqueueJobs(
  queue: Queue,
  tx: Transaction,
  jobs: readonly (TrainerJob | EvolveJob)[],
): Promise<void> {
  const isEvolve = (job: TrainerJob | EvolveJob): job is EvolveJob => "generation" in job;
  await insertJobs(
    queue,
    tx,
    queues.trainer,
    jobs.filter((job) => !isEvolve(job)),
  );
  await insertJobs(queue, tx, queues.evolve, jobs.filter(isEvolve));
}

async function insertJobs(
  queue: Queue,
  tx: Transaction,
  name: string,
  jobs: readonly (TrainerJob | EvolveJob)[],
  startAfter = 0,
): Promise<void> {
  if (jobs.length === 0) return;
  const limits = await limitsOf(tx, jobs);
  await inQueueSpan(name, async () => {
    const trace = traceContext();
    await queue.insert(
      name,
      jobs.map((job, place) => ({
        ...groupOf(job, limits),
        data: { ...anyJobSchema.parse(job), trace: trace ?? job.trace },
        singletonKey: jobKey(job),
        priority: priorityOf(job, place),
        startAfter,
        expireInSeconds: expirySeconds,
      })),
      { db: fromPrisma(tx) },
    );
  });
  await tx.$executeRaw`SELECT pg_notify(${jobChannel}, ${name})`;
}

/** Reads the limits of candidates at once of those of the jobs' runs that have one, by run. */
async function limitsOf(
  tx: Transaction,
  jobs: readonly (TrainerJob | EvolveJob)[],
): Promise<Map<string, number>> {
  const runIds = new Set(jobs.flatMap((job) => (isEvaluation(job) ? [job.runId] : [])));
  if (runIds.size === 0) return new Map();
  const rows = await tx.$queryRaw<{ id: string; limit: number }[]>`
    SELECT id::text, (settings->>'atOnce')::int AS limit FROM "SearchRun"
     WHERE id = ANY(${[...runIds]}::uuid[]) AND settings->>'atOnce' IS NOT NULL`;
  return new Map(rows.map(({ id, limit }) => [id, limit]));
}

type Evaluation = Extract<TrainerJob, { kind: "evaluate" }>;

function isEvaluation(job: TrainerJob | EvolveJob): job is Evaluation {
  return "architectureId" in job;
}

/**
 * Returns the group of a candidate whose run has a limit: the queue counts a group's active jobs, and
 * finds the limit by the group's tier (`groupLimits`).
 */
function groupOf(job: TrainerJob | EvolveJob, limits: ReadonlyMap<string, number>) {
  const limit = isEvaluation(job) ? limits.get(job.runId) : undefined;
  if (limit === undefined || !isEvaluation(job)) return {};
  return { group: { id: job.runId, tier: String(limit) } };
}

/** The limits of groups of jobs that are active at once, for `fetch`: each tier is its own limit. */
export const groupLimits = {
  default: mostAtOnce,
  tiers: Object.fromEntries(
    Array.from({ length: mostAtOnce }, (_, index) => [String(index + 1), index + 1]),
  ),
};

/** Priority of the first candidate of a generation. */
const firstPriority = 10_000;

/**
 * Returns a job's priority, above 0 before 0. Candidates go before pre-trainings, which take days. Of
 * the candidates that were enqueued together each goes behind the one before it, so that the first of
 * every run go before the second of any: runs take turns, however many candidates each has.
 * @param place the job's place among those that are enqueued with it, from 0
 */
function priorityOf(job: TrainerJob | EvolveJob, place: number): number {
  if ("trainingId" in job) return 0;
  return firstPriority - Math.min(place, firstPriority - 1);
}

/** Names a job's work in the queue, which holds at most one waiting job for each name. */
export function jobKey(job: TrainerJob | EvolveJob): string {
  return "trainingId" in job ? `training/${job.trainingId}` : `${job.runId}/${workKey(job)}`;
}
