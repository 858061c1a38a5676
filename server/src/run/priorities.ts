import type { Database, OperationStatistic } from "@opnas/prisma";
import { Arg, Ctx, ID, Int, Query, Resolver } from "type-graphql";
import type { Context } from "../context.js";
import { isRowId } from "../input.js";
import { OperationPriority } from "./types.js";

@Resolver(() => OperationPriority)
export class PriorityResolver {
  @Query(() => [OperationPriority], {
    description:
      "The statistics a generation was drawn from: of the newest, of the one named, or of every generation, in their order.",
  })
  async operationPriorities(
    @Arg("runId", () => ID) runId: string,
    @Arg("generation", () => Int, { nullable: true }) generation: number | null,
    @Arg("allGenerations", () => Boolean, { defaultValue: false }) allGenerations: boolean,
    @Ctx() { database }: Context,
  ): Promise<OperationStatistic[]> {
    if (!isRowId(runId)) return [];
    const wanted = allGenerations ? undefined : (generation ?? (await newest(database, runId)));
    return database.operationStatistic.findMany({
      where: { runId, ...(wanted === undefined ? {} : { generation: wanted }) },
      orderBy: [
        { generation: "asc" },
        { kind: "asc" },
        { position: "asc" },
        { probability: "desc" },
        { operation: "asc" },
      ],
    });
  }
}

async function newest(database: Database, runId: string): Promise<number> {
  const found = await database.operationStatistic.aggregate({
    where: { runId },
    _max: { generation: true },
  });
  return found._max.generation ?? 0;
}
