import { Arg, Ctx, ID, Query, Resolver } from "type-graphql";
import type { Context } from "../context.js";
import { isRowId } from "../input.js";
import { type ArchitectureRow, withoutJson } from "./row.js";
import { Architecture } from "./types.js";

@Resolver()
export class ArchitectureResolver {
  @Query(() => Architecture, {
    nullable: true,
    description: "One architecture by its id. Null if there is none, or if its run is deleted.",
  })
  async architecture(
    @Arg("id", () => ID, { description: "The architecture's id." }) id: string,
    @Ctx() { database }: Context,
  ): Promise<ArchitectureRow | null> {
    if (!isRowId(id)) return null;
    const where = { id, run: { deletedAt: null } };
    return database.architecture.findUnique({ where, omit: withoutJson });
  }
}
