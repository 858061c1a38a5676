import { Arg, Ctx, ID, Query, Resolver } from "type-graphql";
import type { Context } from "../context.js";
import { isRowId } from "../input.js";
import { notFound } from "../notFound.js";
import { withoutForeignIds } from "../worker/foreignJobs.js";
import { listWorkers } from "../worker/list.js";
import type { Worker } from "../worker/types.js";
import { Node } from "./types.js";

/** A row with the name of its GraphQL type. */
type TypedRow = object & { __typename: string };

@Resolver()
export class NodeResolver {
  @Query(() => Node, {
    nullable: true,
    description:
      "Anything by its id: a run, generation, architecture, evaluation, pre-training, reproduction, export or worker that the workers query lists. An unknown id gets the error NOT_FOUND, as in every look-up by id.",
  })
  async node(
    @Arg("id", () => ID, { description: "The id." }) id: string,
    @Ctx() context: Context,
  ): Promise<TypedRow> {
    const row = isRowId(id) ? await rowOf(context, id) : null;
    if (row === null) throw notFound("object", id);
    return row;
  }
}

/** Reads the row that has an id, but for those of deleted runs; ids of all tables differ. */
async function rowOf(context: Context, id: string): Promise<TypedRow | null> {
  const { database } = context;
  const run = { deletedAt: null };
  const found = await Promise.all([
    typed("SearchRun", database.searchRun.findUnique({ where: { id } })),
    typed("Architecture", database.architecture.findUnique({ where: { id, run } })),
    typed("Generation", database.generation.findUnique({ where: { id, run } })),
    typed("Evaluation", database.evaluation.findUnique({ where: { id, run } })),
    typed("Training", database.pretraining.findUnique({ where: { id, architecture: { run } } })),
    typed(
      "Reproduction",
      database.reproduction.findUnique({ where: { id, architecture: { run } } }),
    ),
    typed("Export", database.export.findUnique({ where: { id, architecture: { run } } })),
    typed("Worker", workerOf(context, id)),
  ]);
  return found.find((row) => row !== null) ?? null;
}

async function workerOf(context: Context, id: string): Promise<Worker | null> {
  const workers = await listWorkers(context.database);
  const found = workers.filter((worker) => worker.id === id);
  return (await withoutForeignIds(context, found))[0] ?? null;
}

async function typed(name: string, read: PromiseLike<object | null>): Promise<TypedRow | null> {
  const row = await read;
  return row === null ? null : { ...row, __typename: name };
}
