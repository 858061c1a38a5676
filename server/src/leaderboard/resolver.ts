import { Arg, Ctx, Int, Query, Resolver, Root, Subscription } from "type-graphql";
import { architecturePage } from "../architecture/page.js";
import { Architecture, ArchitectureConnection, ArchitectureOrder } from "../architecture/types.js";
import type { Context } from "../context.js";
import { type Page, usualPage } from "../pagination/keyset.js";
import { type Change, leaderboardChanges } from "./changes.js";
import { leaderboardSource } from "./filter.js";
import { LeaderboardChange, LeaderboardFilter } from "./types.js";

@Resolver(() => Architecture)
export class LeaderboardResolver {
  @Query(() => ArchitectureConnection, {
    description:
      "The evaluated architectures of all runs, the best score first unless told otherwise; in a tie the older comes first.",
  })
  leaderboard(
    @Arg("first", () => Int, { nullable: true, defaultValue: usualPage }) first: number | null,
    @Arg("after", () => String, { nullable: true }) after: string | null,
    @Arg("filter", () => LeaderboardFilter, { nullable: true }) filter: LeaderboardFilter | null,
    @Arg("orderBy", () => ArchitectureOrder, { nullable: true }) orderBy: ArchitectureOrder | null,
    @Ctx() { database }: Context,
  ): Promise<Page> {
    return architecturePage(database, leaderboardSource(filter), { first, after, orderBy }, true);
  }

  @Subscription(() => LeaderboardChange, {
    subscribe: ({ args, context }: { args: { filter?: LeaderboardFilter }; context: Context }) =>
      leaderboardChanges(context, args.filter ?? null),
    description:
      "The entries of the leaderboard that changed, at most four messages a second. The first message comes at once and has no rows: read the leaderboard after it and nothing is missed.",
  })
  leaderboardChanged(
    @Arg("filter", () => LeaderboardFilter, { nullable: true }) _filter: LeaderboardFilter | null,
    @Root() change: Change,
  ): Change {
    return change;
  }
}
