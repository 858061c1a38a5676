import { changeRunState, type RunAction, type SearchRun as RunRow, startRun } from "@opnas/prisma";
import {
  Arg,
  Ctx,
  FieldResolver,
  ID,
  Int,
  Mutation,
  Query,
  Resolver,
  Root,
  Subscription,
} from "type-graphql";
import type { Context } from "../context.js";
import { isRowId } from "../input.js";
import { type Page, usualPage } from "../pagination/keyset.js";
import { notFound } from "../notFound.js";
import { runChanges } from "./changes.js";
import { runPage } from "./page.js";
import { plannedRun } from "./startSearch.js";
import {
  RunFilter,
  RunOrder,
  SearchRun,
  SearchRunConnection,
  SearchRunEdge,
  StartSearchInput,
} from "./types.js";

@Resolver(() => SearchRun)
export class RunResolver {
  @Query(() => SearchRun, { nullable: true })
  async searchRun(
    @Arg("id", () => ID) id: string,
    @Ctx() { database }: Context,
  ): Promise<RunRow | null> {
    return isRowId(id) ? database.searchRun.findUnique({ where: { id } }) : null;
  }

  @Query(() => SearchRunConnection, { description: "The newest first, unless told otherwise." })
  searchRuns(
    @Arg("first", () => Int, { nullable: true, defaultValue: usualPage }) first: number | null,
    @Arg("after", () => String, { nullable: true }) after: string | null,
    @Arg("filter", () => RunFilter, { nullable: true }) filter: RunFilter | null,
    @Arg("orderBy", () => RunOrder, { nullable: true }) orderBy: RunOrder | null,
    @Ctx() { database }: Context,
  ): Promise<Page> {
    return runPage(database, filter, { first, after, orderBy });
  }

  @Mutation(() => SearchRun)
  startSearch(
    @Arg("input", () => StartSearchInput) input: StartSearchInput,
    @Ctx() { database, queue }: Context,
  ): Promise<RunRow> {
    return startRun(database, queue, plannedRun(input));
  }

  @Mutation(() => SearchRun, {
    description: "Workers stop between two steps and keep what is done.",
  })
  pauseSearch(@Arg("id", () => ID) id: string, @Ctx() context: Context): Promise<RunRow> {
    return change(context, id, "pause");
  }

  @Mutation(() => SearchRun)
  resumeSearch(@Arg("id", () => ID) id: string, @Ctx() context: Context): Promise<RunRow> {
    return change(context, id, "resume");
  }

  @Mutation(() => SearchRun)
  cancelSearch(@Arg("id", () => ID) id: string, @Ctx() context: Context): Promise<RunRow> {
    return change(context, id, "cancel");
  }

  @Subscription(() => SearchRun, {
    subscribe: ({ context }: { context: Context }) => runChanges(context),
    description:
      "Every run that is not over, at once; then each run that is new or changed (status, phase, progress, scores), at most four times a second.",
  })
  runsChanged(@Root() run: RunRow): RunRow {
    return run;
  }
}

async function change({ database, queue }: Context, id: string, action: RunAction) {
  if (!isRowId(id)) throw notFound("run", id);
  return changeRunState(database, queue, id, action);
}

@Resolver(() => SearchRunConnection)
export class SearchRunConnectionResolver {
  @FieldResolver(() => Int)
  totalCount(@Root() page: Page): Promise<number> {
    return page.count();
  }
}

@Resolver(() => SearchRunEdge)
export class SearchRunEdgeResolver {
  @FieldResolver(() => SearchRun)
  node(@Root() { id }: { id: string }, @Ctx() { loaders }: Context): Promise<RunRow> {
    return loaders.run.load(id);
  }
}
