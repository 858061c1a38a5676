import { z } from "zod";
import type { Probe } from "./probe.js";
import { queues } from "./queue.js";
import { workerSilenceSeconds } from "./workers.js";

/** Kinds of jobs by queue, for figures about them; `other` is a kind that this version does not know. */
export const jobKinds = {
  [queues.trainer]: ["superNet", "evaluate", "pretrain"],
  [queues.evolve]: ["evolve"],
} as const;

const jobsSchema = z.object({
  queue: z.string(),
  kind: z.string(),
  waiting: z.int(),
  active: z.int(),
  /** Seconds since the oldest of the jobs that may start could have started; 0 where none waits. */
  oldestSeconds: z.number(),
});

/** Counts the waiting and active jobs by queue and kind; finished ones are not read. */
export function jobFigures(probe: Probe): Promise<z.infer<typeof jobsSchema>[]> {
  const query = `
    SELECT name AS queue,
           CASE WHEN data ? 'generation' THEN 'evolve'
                WHEN data->>'kind' = ANY($2) THEN data->>'kind' ELSE 'other' END AS kind,
           (count(*) FILTER (WHERE state < 'active'))::int AS waiting,
           (count(*) FILTER (WHERE state = 'active'))::int AS active,
           greatest(0, coalesce(extract(epoch FROM clock_timestamp()
             - min(greatest(created_on, start_after))
                 FILTER (WHERE state < 'active' AND start_after <= clock_timestamp())), 0))::float
             AS "oldestSeconds"
      FROM pgboss.job WHERE name = ANY($1) AND state < 'completed'
     GROUP BY 1, 2`;
  return probe.ask(jobsSchema, query, [Object.values(queues), jobKinds[queues.trainer]]);
}

const runsSchema = z.object({ status: z.string(), runs: z.int() });

/** Counts the runs by status. */
export function runFigures(probe: Probe): Promise<z.infer<typeof runsSchema>[]> {
  const query = `SELECT status::text, count(*)::int AS runs FROM "SearchRun" GROUP BY 1`;
  return probe.ask(runsSchema, query);
}

const workersSchema = z.object({ status: z.string(), workers: z.int(), slots: z.int() });

/** Counts the workers of the last hour and their slots by status; `lost` ones fell silent. */
export function workerFigures(probe: Probe): Promise<z.infer<typeof workersSchema>[]> {
  const query = `
    SELECT CASE WHEN status <> 'stopped'
                 AND "lastSeenAt" < clock_timestamp() - $1::int * interval '1 s'
                THEN 'lost' ELSE status END AS status,
           count(*)::int AS workers, sum(slots)::int AS slots
      FROM "Worker" WHERE "lastSeenAt" > clock_timestamp() - interval '1 hour'
     GROUP BY 1`;
  return probe.ask(workersSchema, query, [workerSilenceSeconds]);
}

const candidatesSchema = z.object({ evaluated: z.int(), failed: z.int() });

/** Counts the stored candidates with a score and those that failed for good; references do not count. */
export async function candidateFigures(
  probe: Probe,
): Promise<z.infer<typeof candidatesSchema> | undefined> {
  const query = `
    SELECT (done - failed)::int AS evaluated, failed::int
      FROM (SELECT coalesce(sum(evaluated), 0) AS done FROM "Generation") AS generations,
           (SELECT coalesce(sum(failures), 0) AS failed FROM "SearchRun") AS runs`;
  return (await probe.ask(candidatesSchema, query))[0];
}

const evaluationsSchema = z.object({
  runId: z.string(),
  lastSeq: z.int(),
  evaluations: z.int(),
  train: z.number(),
  fineTune: z.number(),
  score: z.number(),
  overhead: z.number(),
});

/** Number of stored evaluations, references' included, and the seconds that their parts took. */
export type EvaluationFigures = Omit<z.infer<typeof evaluationsSchema>, "runId" | "lastSeq">;

/**
 * Sums the seconds of all stored evaluations. A run is read again only when it has new events, so that
 * a look costs as much as there is work in progress, not as much as there ever was.
 */
export class EvaluationTotals {
  private readonly byRun = new Map<string, z.infer<typeof evaluationsSchema>>();

  constructor(private readonly probe: Probe) {}

  async read(): Promise<EvaluationFigures> {
    const known = [...this.byRun.values()];
    const query = `
      SELECT run.id::text AS "runId", run."lastSeq", count(found.id)::int AS evaluations,
             ${seconds("trainSeconds")} AS train, ${seconds("fineTuneSeconds")} AS "fineTune",
             ${seconds("scoreSeconds")} AS score, ${seconds("overheadSeconds")} AS overhead
        FROM "SearchRun" AS run LEFT JOIN "Evaluation" AS found ON found."runId" = run.id
       WHERE NOT EXISTS (SELECT FROM unnest($1::uuid[], $2::int[]) AS known (id, seq)
                          WHERE known.id = run.id AND known.seq = run."lastSeq")
       GROUP BY run.id`;
    const values = [known.map(({ runId }) => runId), known.map(({ lastSeq }) => lastSeq)];
    for (const run of await this.probe.ask(evaluationsSchema, query, values)) {
      this.byRun.set(run.runId, run);
    }
    const total = { evaluations: 0, train: 0, fineTune: 0, score: 0, overhead: 0 };
    for (const run of this.byRun.values()) {
      total.evaluations += run.evaluations;
      total.train += run.train;
      total.fineTune += run.fineTune;
      total.score += run.score;
      total.overhead += run.overhead;
    }
    return total;
  }
}

function seconds(part: string): string {
  return `coalesce(sum((found.timings->>'${part}')::float), 0)`;
}
