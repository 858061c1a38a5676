import type { Database, Transaction } from "./client.js";
import { Prisma } from "./generated/client.js";
import { workerChannel } from "./channels.js";
import type { WorkerUsage } from "./contracts/workerUsage.js";
import type { WorkerWork } from "./contracts/workerWork.js";

/** Seconds since a worker's last report after which it is regarded as lost. */
export const workerSilenceSeconds = 15;

/** A worker's own description of itself, as it reports it every few seconds. */
export interface WorkerState {
  id: string;
  name: string;
  engine: string;
  /** Reasons why no faster engine is used; one sentence each. */
  engineReasons: readonly string[];
  /** CPU threads of its engine. */
  threads: number;
  /** Trainers that may work at once. */
  slots: number;
  status: "starting" | "idle" | "busy" | "stopped";
  /** Short descriptions of the jobs in its slots, for people. */
  currentJobs: readonly string[];
  /** Reason why it takes no jobs for a while; null or absent while it takes them. */
  restReason?: string | null;
  /** Processor, memory and GPUs that it uses; null or absent while nothing is measured. */
  usage?: WorkerUsage | null;
  /** Work that it has done since it started; absent where it does not count it. */
  work?: WorkerWork;
}

/**
 * Stores a worker's state with the present time of Postgres' clock and notifies `workerChannel`, in one statement:
 * every worker reports every few seconds. It locks the worker's row alone. It does not notify where another report
 * of the same second has: each notification wakes the sessions of all workers (decision 0041).
 * @returns the number of workers that are neither stopped nor lost
 */
export async function reportWorker(db: Database, state: WorkerState): Promise<number> {
  const { id, name, engine, threads, slots, status, restReason = null, usage = null } = state;
  const work = state.work === undefined ? null : JSON.stringify(state.work);
  const engineReasons = JSON.stringify(state.engineReasons);
  const currentJobs = JSON.stringify(state.currentJobs);
  const [{ live }] = await db.$queryRaw<[{ live: number }]>`
    WITH reported AS (
      INSERT INTO "Worker" (id, name, engine, "engineReasons", threads, slots, status,
                            "currentJobs", "restReason", usage, work, "lastSeenAt")
      VALUES (${id}::uuid, ${name}, ${engine}, ${engineReasons}::jsonb, ${threads}, ${slots}, ${status},
              ${currentJobs}::jsonb, ${restReason}, ${usage && JSON.stringify(usage)}::jsonb,
              ${work}::jsonb, clock_timestamp())
          ON CONFLICT (id) DO UPDATE
         SET name = EXCLUDED.name, engine = EXCLUDED.engine, "engineReasons" = EXCLUDED."engineReasons",
             threads = EXCLUDED.threads, slots = EXCLUDED.slots, status = EXCLUDED.status,
             "currentJobs" = EXCLUDED."currentJobs", "restReason" = EXCLUDED."restReason",
             usage = EXCLUDED.usage, work = EXCLUDED.work, "lastSeenAt" = clock_timestamp()
      RETURNING id
    ), others AS (
      SELECT count(*)::int AS live,
             coalesce(bool_or("lastSeenAt" >= date_bin('1 s', clock_timestamp()::timestamptz(3), 'epoch'::timestamptz)), false) AS told
        FROM "Worker"
       WHERE status <> 'stopped' AND "lastSeenAt" > clock_timestamp() - ${workerSilenceSeconds} * interval '1 s'
    )
    SELECT live, CASE WHEN NOT told THEN pg_notify(${workerChannel}, id::text)::text END FROM reported, others`;
  return live;
}

/** Subquery: the number of trainer slots of all workers that are neither stopped nor lost. */
export const slotsOfLiveWorkers = Prisma.sql`(
  SELECT coalesce(sum(slots), 0)::int FROM "Worker"
   WHERE status <> 'stopped'
     AND "lastSeenAt" > clock_timestamp() - ${workerSilenceSeconds} * interval '1 s'
)`;

/** Counts the trainer slots of all workers that are neither stopped nor lost; locks nothing. */
export async function liveSlots(tx: Transaction): Promise<number> {
  const [{ slots }] = await tx.$queryRaw<
    [{ slots: number }]
  >`SELECT ${slotsOfLiveWorkers} AS slots`;
  return slots;
}
