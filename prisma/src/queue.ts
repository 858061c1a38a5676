import type pg from "pg";
import { type ConstructorOptions, fromPrisma, PgBoss, type StopOptions } from "pg-boss";
import { openPool, usualStatementSeconds } from "./connections.js";
import { Crowd } from "./crowd.js";
import { oncePerMinute } from "./oncePerMinute.js";
import type { Transaction } from "./client.js";
import { anyJobSchema, workKey, type EvolveJob, type TrainerJob } from "./contracts/jobs.js";
import { jobChannel } from "./channels.js";
import { groupOf, limitsOf, presentPriority, priorityOf } from "./jobOrder.js";
import { StatementNames } from "./statementNames.js";
import { inQueueSpan, traceContext } from "./traceContext.js";
import { takeTurn } from "./turns.js";

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
 * Seconds, about, after which each of a few processes asks whether somebody has lately looked for jobs
 * whose worker is silent, and the age in milliseconds at which a look is not of late. A killed worker's
 * job is found about the sum of the two after its lease has ended, at most.
 */
const [superviseEverySeconds, superviseAfterMilliseconds] = [2, 1_500];

/** Milliseconds between two passes of the queue's upkeep, such as the deletion of old jobs. */
const upkeepMilliseconds = 60_000;

/** The job queue, stored in the same Postgres, over a pool of its own. */
export class Queue extends PgBoss {
  private supervising: NodeJS.Timeout | undefined;

  constructor(
    private readonly pool: pg.Pool,
    options: ConstructorOptions,
  ) {
    const names = new StatementNames();
    super({
      ...options,
      db: {
        // A text without values may hold several statements, which cannot be prepared.
        executeSql: (text, values) =>
          pool.query({ name: values?.length ? names.nameOf(text) : undefined, text, values }),
      },
    });
  }

  /**
   * Takes the turn to do regular work that one of all processes does at a time.
   * @param milliseconds the time in which nobody else may have taken it
   * @returns false when somebody has
   */
  takeTurn(name: string, milliseconds: number): Promise<boolean> {
    const db = this.getDb();
    return takeTurn((text, values) => db.executeSql(text, values), name, milliseconds);
  }

  /**
   * Looks for jobs whose worker is silent, for as long as the queue is open, unless another process has
   * done so lately. Only where there are some, and now and then for its upkeep, the queue is supervised,
   * which is ten statements and reads all of it.
   */
  superviseInTurn(onError: (error: unknown) => void, crowd: Crowd): void {
    const look = async () => {
      try {
        const isTurn = await this.takeTurn("look for silent workers", superviseAfterMilliseconds);
        const isDue =
          isTurn &&
          ((await this.hasSilentJobs()) || (await this.takeTurn("supervise", upkeepMilliseconds)));
        if (isDue) await this.supervise();
      } catch (error) {
        onError(error);
      }
      if (this.supervising !== undefined) lookLater();
    };
    const lookLater = () => {
      const milliseconds =
        crowd.seconds(superviseEverySeconds) * 1_000 * (0.75 + Math.random() / 2);
      this.supervising = setTimeout(() => void look(), milliseconds);
    };
    lookLater();
  }

  private async hasSilentJobs(): Promise<boolean> {
    const { rows } = await this.getDb().executeSql(
      `SELECT FROM pgboss.job WHERE name = ANY($1) AND state = 'active'
          AND heartbeat_on + heartbeat_seconds * interval '1 s' < now() LIMIT 1`,
      [Object.values(queues)],
    );
    return rows.length > 0;
  }

  override async stop(options?: StopOptions): Promise<void> {
    clearTimeout(this.supervising);
    this.supervising = undefined;
    await super.stop(options);
    if (!this.pool.ending) await this.pool.end();
  }
}

/**
 * Connections of a queue's pool: one for the heartbeats and one for all else. They are apart from the
 * client's, so that a heartbeat never waits for a transaction.
 */
const queueConnections = 2;

/**
 * Options of the queue's sessions. Statements with a name are planned once in each: their plans do not
 * depend on their values, and planning takes longer than doing. A change of a job's state is answered before it is on the disk: after
 * a crash of Postgres the newest may be undone, and a job that had ended is taken again and finds its
 * result. Rows say what is to be done, jobs only tell of it. What is enqueued is written with the rows
 * that it is about, by sessions that wait for the disk.
 */
const queueSessionOptions = ["synchronous_commit=off", "plan_cache_mode=force_generic_plan"].map(
  (option) => `-c ${option}`,
);

/**
 * Opens the queue on `databaseUrl`, creates its tables and queues where they are missing, and brings
 * the settings of existing queues up to date.
 * `supervise`: whether this process also looks for jobs whose worker is silent; workers do, the
 * server does not; less often, each, where many of its `crowd` do. `onError` receives errors of the queue's own connections, each at most once a minute.
 * @throws the error of `pg` when the database does not answer
 */
export async function openQueue(
  databaseUrl: string,
  options: { onError: (error: Error) => void; supervise: boolean; crowd?: Crowd },
): Promise<Queue> {
  const pool = openPool(
    databaseUrl,
    "opnas-queue",
    queueConnections,
    usualStatementSeconds,
    queueSessionOptions,
  );
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
    if (options.supervise) queue.superviseInTurn(onError, options.crowd ?? new Crowd());
    return queue;
  } catch (error) {
    await queue.stop({ graceful: false });
    throw error;
  }
}

/**
 * Leaves room in the pages of the table of jobs, where it was not left yet: a heartbeat then writes a job's
 * new version beside the old one, and none of the table's many indexes. One process does so at a time.
 */
const roomForVersions = `DO $$ BEGIN
  PERFORM pg_advisory_xact_lock(hashtext('opnas room for versions of jobs'));
  IF EXISTS (SELECT FROM pg_class WHERE oid = 'pgboss.job_common'::regclass
                AND NOT coalesce(reloptions, '{}') @> '{fillfactor=50}') THEN
    ALTER TABLE pgboss.job_common SET (fillfactor = 50);
  END IF;
END $$`;

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
  await queue.getDb().executeSql(roomForVersions);
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
  const first = await presentPriority(tx, name);
  await inQueueSpan(name, async () => {
    const trace = traceContext();
    await queue.insert(
      name,
      jobs.map((job, place) => ({
        ...groupOf(job, limits),
        data: { ...anyJobSchema.parse(job), trace: trace ?? job.trace },
        singletonKey: jobKey(job),
        priority: priorityOf(job, first, place),
        startAfter,
        expireInSeconds: expirySeconds,
      })),
      { db: fromPrisma(tx) },
    );
  });
  await tx.$executeRaw`SELECT pg_notify(${jobChannel}, ${name})`;
  if (jobs.length >= manyJobs) await planAnew(tx);
}

/** The number of jobs, enqueued together, from which on the sessions' plans are made anew. */
const manyJobs = 100;

/**
 * Counts the table of jobs, whereupon all sessions plan their statements of it anew. Those were planned when
 * there may have been no jobs, and would read all there are for each that they take, keep or end. The upkeep
 * of the database does so too, a minute later. What takes the table for itself just now is not waited for.
 */
async function planAnew(tx: Transaction): Promise<void> {
  await tx.$executeRaw`SET LOCAL default_statistics_target = 10`;
  await tx.$executeRaw`ANALYZE (SKIP_LOCKED) pgboss.job_common`;
}

/** Names a job's work in the queue, which holds at most one waiting job for each name. */
export function jobKey(job: TrainerJob | EvolveJob): string {
  if ("trainingId" in job) return `training/${job.trainingId}`;
  if ("reproductionId" in job) return `reproduction/${job.reproductionId}`;
  if ("exportId" in job) return `export/${job.exportId}`;
  return `${job.runId}/${workKey(job)}`;
}
