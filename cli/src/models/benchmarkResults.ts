import { existsSync } from "node:fs";
import path from "node:path";
import { z } from "zod";
import { CliError, exitCodes } from "../api/error.js";
import type { ModelResultInput } from "../generated/graphql.js";
import { readJsonAs } from "./modelFolder.js";

const average = z.number().nullable();

/** glue.json of npm run benchmark, as far as results follow from it. */
const glueSchema = z.looseObject({
  model: z.string(),
  average,
  averageWithoutWnli: average,
  bertAverage: average,
  tasks: z.array(
    z.looseObject({
      task: z.string(),
      metrics: z.array(
        z.object({ set: z.string().nullable(), metric: z.string(), value: z.number().nullable() }),
      ),
    }),
  ),
});

/** squad.json of npm run benchmark, as far as results follow from it. */
const squadSchema = z.looseObject({
  model: z.string(),
  versions: z.array(
    z.looseObject({ version: z.string(), metrics: z.record(z.string(), z.number()) }),
  ),
});

/** The metrics of SQuAD's official scripts that papers name: exact matches, and F1. */
const squadMetrics: readonly string[] = ["exact_match", "exact", "f1"];

/**
 * Reads the results that npm run benchmark wrote to a folder.
 * @param checksum that of the model's weights, which the results must be of
 * @throws CliError where there are none, and for those of another model
 */
export async function readResults(folder: string, checksum: string): Promise<ModelResultInput[]> {
  const glue = path.join(folder, "glue.json");
  const squad = path.join(folder, "squad.json");
  const results: ModelResultInput[] = [];
  const checked = <T extends { model: string }>(file: string, found: T): T => {
    if (found.model === checksum) return found;
    throw new CliError(`${file} has the results of another model.`, exitCodes.usage);
  };
  if (existsSync(glue))
    results.push(...glueResults(checked(glue, await readJsonAs(glueSchema, glue))));
  if (existsSync(squad)) {
    results.push(...squadResults(checked(squad, await readJsonAs(squadSchema, squad))));
  }
  if (results.length > 0) return results;
  const message = `${folder} has no results: neither glue.json nor squad.json of npm run benchmark has any.`;
  throw new CliError(message, exitCodes.usage);
}

function glueResults(glue: z.infer<typeof glueSchema>): ModelResultInput[] {
  const means: [name: string, value: number | null][] = [
    ["average", glue.average],
    ["average without WNLI", glue.averageWithoutWnli],
    ["average of BERT's table", glue.bertAverage],
  ];
  const measured = [
    ...means.map(([task, value]) => ({ task, set: null, metric: "mean", value })),
    ...glue.tasks.flatMap(({ task, metrics }) => metrics.map((each) => ({ task, ...each }))),
  ];
  return measured.flatMap(({ value, ...rest }) =>
    value === null ? [] : [{ benchmark: "GLUE", ...rest, value }],
  );
}

function squadResults({ versions }: z.infer<typeof squadSchema>): ModelResultInput[] {
  return versions.flatMap(({ version, metrics }) =>
    Object.entries(metrics)
      .filter(([metric]) => squadMetrics.includes(metric))
      .map(([metric, value]) => {
        return { benchmark: "SQuAD", task: `v${version}`, set: null, metric, value };
      }),
  );
}
