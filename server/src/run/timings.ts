import type { Database } from "@opnas/prisma";
import { Field, Float, ObjectType } from "type-graphql";

@ObjectType({
  description: "The split of a run's time, in seconds of workers, summed over all candidates.",
})
export class RunTimings {
  @Field(() => Float, { description: "The seconds of training the super-net." })
  superNetSeconds!: number;

  @Field(() => Float, {
    description: "The seconds of training candidates after they inherited the super-net's weights.",
  })
  trainSeconds!: number;

  @Field(() => Float, { description: "The seconds of fine-tuning on the proxy tasks." })
  fineTuneSeconds!: number;

  @Field(() => Float, { description: "The seconds of scoring on held-out text." })
  scoreSeconds!: number;

  @Field(() => Float, {
    description: "The seconds of the platform's own work: queue, database and events.",
  })
  overheadSeconds!: number;
}

/** Reads, in one query, the split of time of each run, summed over its evaluations. */
export async function runTimings(
  database: Database,
  runIds: readonly string[],
): Promise<Map<string, RunTimings>> {
  const rows = await database.$queryRaw<(RunTimings & { runId: string })[]>`
    SELECT run.id AS "runId", run."superNetSeconds",
           coalesce(sum((e.timings ->> 'trainSeconds')::float8), 0) AS "trainSeconds",
           coalesce(sum((e.timings ->> 'fineTuneSeconds')::float8), 0) AS "fineTuneSeconds",
           coalesce(sum((e.timings ->> 'scoreSeconds')::float8), 0) AS "scoreSeconds",
           coalesce(sum((e.timings ->> 'overheadSeconds')::float8), 0) AS "overheadSeconds"
      FROM "SearchRun" run
      LEFT JOIN "Evaluation" e ON e."runId" = run.id
     WHERE run.id = ANY(${[...runIds]}::uuid[])
     GROUP BY run.id`;
  return new Map(rows.map(({ runId, ...timings }) => [runId, timings]));
}
