import { mostAtOnce } from "@opnas/core";
import type { Transaction } from "./client.js";
import type { EvolveJob, TrainerJob } from "./contracts/jobs.js";

/** Reads the limits of candidates at once of those of the jobs' runs that have one, by run. */
export async function limitsOf(
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
export function groupOf(job: TrainerJob | EvolveJob, limits: ReadonlyMap<string, number>) {
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

/** Priority of the first candidate where no other waits or is worked on: high enough never to be used up. */
const firstPriority = 1_000_000_000;

/**
 * Returns the priority of the first of candidates that are enqueued together: that of the candidates that
 * are worked on now. They then take turns with those that wait, also with the rest of a far larger
 * generation, instead of going before all of it. (Start-time fair queuing, Goyal et al. 1996.)
 * @param queue the queue's name
 */
export async function presentPriority(tx: Transaction, queue: string): Promise<number> {
  const [{ priority }] = await tx.$queryRaw<[{ priority: number }]>`
    SELECT coalesce(
      (SELECT min(priority) FROM pgboss.job
        WHERE name = ${queue} AND state = 'active' AND priority > 0),
      (SELECT max(priority) FROM pgboss.job
        WHERE name = ${queue} AND state < 'active' AND NOT blocked AND priority > 0
          AND start_after <= now()),
      ${firstPriority}::int) AS priority`;
  return priority;
}

/**
 * Returns a job's priority, above 0 before 0. Candidates go before reproductions and exports, for which
 * no run waits, and these before pre-trainings, which take days. Of the candidates that were enqueued together each goes behind the one before it: runs take turns,
 * however many candidates each has.
 * @param first the priority of the first of them
 * @param place the job's place among those that are enqueued with it, from 0
 */
export function priorityOf(job: TrainerJob | EvolveJob, first: number, place: number): number {
  if ("trainingId" in job) return 0;
  return "reproductionId" in job || "exportId" in job ? 1 : Math.max(1, first - place);
}
