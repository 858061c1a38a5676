import type { OperationStatistic } from "@opnas/prisma";
import { Arg, Ctx, ID, Int, Query, Resolver } from "type-graphql";
import type { Context } from "../context.js";
import { isRowId } from "../input.js";
import { OperationPriority } from "./types.js";

@Resolver(() => OperationPriority)
export class PriorityResolver {
  @Query(() => [OperationPriority], {
    description:
      "The statistics a generation was drawn from; of the newest, unless told otherwise.",
  })
  async operationPriorities(
    @Arg("runId", () => ID) runId: string,
    @Arg("generation", () => Int, { nullable: true }) generation: number | null,
    @Ctx() { database }: Context,
  ): Promise<OperationStatistic[]> {
    if (!isRowId(runId)) return [];
    const newest = await database.operationStatistic.aggregate({
      where: { runId },
      _max: { generation: true },
    });
    return database.operationStatistic.findMany({
      where: { runId, generation: generation ?? newest._max.generation ?? 0 },
      orderBy: [
        { kind: "asc" },
        { position: "asc" },
        { probability: "desc" },
        { operation: "asc" },
      ],
    });
  }
}
