import { Arg, Ctx, ID, Query, Resolver } from "type-graphql";
import type { Context } from "../context.js";
import { compare, type ComparedRows } from "./compare.js";
import { Comparison, maxCompared } from "./types.js";

@Resolver()
export class ComparisonResolver {
  @Query(() => Comparison, {
    description:
      "Compares runs, by the best candidate of each, or architectures: settings that differ, scores by task, costs and layers.",
  })
  compare(
    @Arg("ids", () => [ID], {
      description: `The ids, 2 to ${maxCompared} different ones, all of runs or all of architectures.`,
    })
    ids: string[],
    @Ctx() { database }: Context,
  ): Promise<ComparedRows> {
    return compare(database, ids);
  }
}
