import { Arg, Ctx, ID, Query, Resolver } from "type-graphql";
import type { Context } from "../context.js";
import { requireArchitecture } from "../node/lookup.js";
import type { ArchitectureRow } from "./row.js";
import { Architecture } from "./types.js";

@Resolver()
export class ArchitectureResolver {
  @Query(() => Architecture, {
    nullable: true,
    description:
      "One architecture by its id. An unknown id, also one of a deleted run, gets the error NOT_FOUND.",
  })
  architecture(
    @Arg("id", () => ID, { description: "The architecture's id." }) id: string,
    @Ctx() { database }: Context,
  ): Promise<ArchitectureRow> {
    return requireArchitecture(database, id);
  }
}
