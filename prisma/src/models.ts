import {
  checkArchitecture,
  flops,
  type ModelSize,
  OpnasError,
  parameterCount,
  trainedSizeSchema,
} from "@opnas/core";
import { z } from "zod";
import type { Database, Transaction } from "./client.js";
import type { ReferenceModel } from "./generated/client.js";
import { ensureDefaultTeam } from "./identity/teams.js";

/** The most reference models of one team. */
export const maxModels = 200;

const word = z.string().min(1).max(60);

/** One result of a trained model in a benchmark, in the metric's own unit. */
export const modelResultSchema = z.strictObject({
  /** Benchmark, such as "GLUE". */
  benchmark: word,
  /** Task, or a mean over several. */
  task: word,
  /** Part of the task's data, such as "matched"; null where there is only one. */
  set: word.nullable(),
  metric: word,
  value: z.number(),
});
/** One result of a trained model in a benchmark. */
export type ModelResult = z.infer<typeof modelResultSchema>;

/** A trained model that is to stand beside the references. */
export interface NewModel {
  teamId: string;
  name: string;
  /** Checksum of its file of weights. */
  checksum: string;
  /** The architecture in its JSON form. */
  json: unknown;
  size: ModelSize;
  results: ModelResult[];
}

/**
 * Stores a trained model with its costs and its benchmark results. A team's model of the same weights
 * gets the new name, and the new results beside those of other tasks.
 * @throws OpnasError `BAD_ARCHITECTURE`; `BAD_INPUT` when the architecture is of another depth than the
 *   size says, or the team has 200 models already
 */
export async function storeModel(db: Database, model: NewModel): Promise<ReferenceModel> {
  const { teamId, name, checksum, size, results } = model;
  const architecture = checkArchitecture(model.json);
  if (architecture.layers.length !== size.layers) {
    const message = `The architecture has ${architecture.layers.length} layers, and the size says ${size.layers}.`;
    throw new OpnasError("BAD_INPUT", message);
  }
  const where = { teamId_checksum: { teamId, checksum } };
  const known = await db.referenceModel.findUnique({ where });
  if (known === null && (await db.referenceModel.count({ where: { teamId } })) >= maxModels) {
    const message = `There are ${maxModels} reference models already, the most: delete one first.`;
    throw new OpnasError("BAD_INPUT", message);
  }
  await ensureDefaultTeam(db);
  const costs = { params: parameterCount(architecture, size), flops: flops(architecture, size) };
  return db.referenceModel.upsert({
    where,
    create: { teamId, name, checksum, json: architecture, size, results, ...costs },
    update: { name, results: known === null ? results : withResults(known, results) },
  });
}

/** Returns a model's results after new ones, which replace those of their tasks. */
function withResults(known: ReferenceModel, results: readonly ModelResult[]): ModelResult[] {
  const taskOf = ({ benchmark, task }: ModelResult) => `${benchmark} ${task}`;
  const replaced = new Set(results.map(taskOf));
  return [...resultsOfModel(known).filter((each) => !replaced.has(taskOf(each))), ...results];
}

/**
 * Gives a team's reference models to another team. Where that has a model of the same weights, this one
 * stays, with the results of tasks that only the other had.
 */
export async function moveModels(tx: Transaction, fromId: string, toId: string): Promise<void> {
  for (const model of await tx.referenceModel.findMany({ where: { teamId: fromId } })) {
    const { id, checksum } = model;
    const where = { teamId_checksum: { teamId: toId, checksum } };
    const own = await tx.referenceModel.findUnique({ where });
    if (own === null) await tx.referenceModel.update({ where: { id }, data: { teamId: toId } });
    else {
      const results = withResults(model, resultsOfModel(own));
      await tx.referenceModel.update({ where, data: { results } });
    }
  }
}

/** Removes a reference model, if it is still there. */
export async function deleteModel(db: Database, id: string): Promise<void> {
  await db.referenceModel.deleteMany({ where: { id } });
}

/** Reads the stored size of a reference model. @throws ZodError for another form */
export function sizeOfModel({ size }: ReferenceModel): ModelSize {
  return trainedSizeSchema.parse(size);
}

/** Reads the stored results of a reference model; those that only a newer version knows are left out. */
export function resultsOfModel({ results }: ReferenceModel): ModelResult[] {
  return z
    .array(z.unknown())
    .parse(results)
    .flatMap((each) => modelResultSchema.safeParse(each).data ?? []);
}
