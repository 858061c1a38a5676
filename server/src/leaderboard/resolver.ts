import { Arg, Args, Ctx, Query, Resolver, Root, Subscription } from "type-graphql";
import { architecturePage } from "../architecture/page.js";
import { type ArchitectureRow, withoutJson } from "../architecture/row.js";
import { Architecture, ArchitectureConnection } from "../architecture/types.js";
import type { Context } from "../context.js";
import { once, type Page } from "../pagination/keyset.js";
import type { Change } from "./change.js";
import { boardOf } from "./filter.js";
import { ParetoCost, ParetoObjective } from "./pareto.js";
import { LeaderboardArguments, LeaderboardChange, LeaderboardFilter } from "./types.js";
import { UsualLength } from "../http/cost.js";

const filterArgument = {
  nullable: true,
  description: "Conditions on the architectures; without it all evaluated ones count.",
};

@Resolver()
export class LeaderboardResolver {
  @Query(() => ArchitectureConnection, {
    description:
      "The evaluated architectures of all runs, by default the best score first; in a tie the older comes first.",
  })
  async leaderboard(
    @Args(() => LeaderboardArguments) { filter, ...page }: LeaderboardArguments,
    @Ctx() { database, teamIds, principal, totals }: Context,
  ): Promise<Page<ArchitectureRow>> {
    const board = boardOf(filter ?? null, teamIds, principal.userId);
    const read = await architecturePage(database, board.source, page, true);
    return { ...read, count: once(() => totals.of(board, read.count)) };
  }

  @UsualLength(30)
  @Query(() => [Architecture], {
    description:
      "The Pareto front of a leaderboard: its stable architectures that no other dominates by being at least as good in cost and objective and better in one. The cheapest comes first. Architectures of unknown cost are left out.",
  })
  async paretoFront(
    @Arg("filter", () => LeaderboardFilter, filterArgument) filter: LeaderboardFilter | null,
    @Arg("x", () => ParetoCost, { description: "The cost to minimize." }) x: ParetoCost,
    @Arg("y", () => ParetoObjective, {
      defaultValue: ParetoObjective.SCORE,
      description: "The objective to maximize.",
    })
    y: ParetoObjective,
    @Ctx() { database, fronts, teamIds, principal }: Context,
  ): Promise<ArchitectureRow[]> {
    const ids = await fronts.of(boardOf(filter, teamIds, principal.userId), { x, y });
    const rows = await database.architecture.findMany({
      where: { id: { in: ids } },
      omit: withoutJson,
    });
    const byId = new Map(rows.map((row) => [row.id, row]));
    return ids.flatMap((id) => byId.get(id) ?? []);
  }

  @Subscription(() => LeaderboardChange, {
    subscribe: ({ args, context }: { args: { filter?: LeaderboardFilter }; context: Context }) => {
      const { streams, teamIds, principal } = context;
      return streams.leaderboards.follow(args.filter ?? null, teamIds, principal.userId);
    },
    description:
      "The changes of a leaderboard, at most four messages a second. The first message is sent at once and has no rows: a client that reads the leaderboard after it misses nothing.",
  })
  leaderboardChanged(
    @Arg("filter", () => LeaderboardFilter, filterArgument) _filter: LeaderboardFilter | null,
    @Root() change: Change,
  ): Change {
    return change;
  }
}
