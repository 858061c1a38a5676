import {
  deleteView,
  type NewView,
  renameView,
  type SavedView as ViewRow,
  saveView,
} from "@opnas/prisma";
import { Arg, Ctx, FieldResolver, ID, Mutation, Query, Resolver, Root } from "type-graphql";
import { z } from "zod";
import { ArchitectureOrderField } from "../architecture/types.js";
import type { Context } from "../context.js";
import { parseFilter } from "../filter/parse.js";
import { UsualLength } from "../http/cost.js";
import { check } from "../identity/guard.js";
import { viewsOf } from "../identity/visible.js";
import { InputError, isRowId, label, parseInput } from "../input.js";
import { leaderboardFields } from "../leaderboard/filterFields.js";
import { notFound } from "../notFound.js";
import { OrderDirection } from "../pagination/types.js";
import { RunOrderField } from "../run/enums.js";
import { runFields } from "../run/filterFields.js";
import {
  CreateViewInput,
  SavedArchitectureOrder,
  SavedRunOrder,
  SavedView,
  ViewList,
} from "./types.js";

/** The most views of a list that has no pages. */
const maxRows = 1_000;

/** The rule of whoever changes a view of a team. */
const teamRule = { role: "RESEARCHER", scope: "WRITE" } as const;

const architectureOrder = z.object({
  field: z.enum(ArchitectureOrderField),
  direction: z.enum(OrderDirection),
});
const runOrder = z.object({ field: z.enum(RunOrderField), direction: z.enum(OrderDirection) });

const name = label(100).min(1, "it is empty");

const inputSchema = z.object({
  name,
  list: z.enum(ViewList),
  query: z.string().nullish(),
  architectureOrder: architectureOrder.nullish(),
  runOrder: runOrder.nullish(),
  columns: z.array(label(100).min(1, "it is empty")).max(50, "it has over 50").nullish(),
  teamId: z.string().nullish(),
});

const idArgument = { description: "The view's id." };

@Resolver(() => SavedView)
export class ViewResolver {
  @UsualLength(20)
  @Query(() => [SavedView], {
    description: `The saved views of one's own and of one's teams, by name, at most ${maxRows}.`,
  })
  savedViews(
    @Arg("list", () => ViewList, {
      nullable: true,
      description: "The list whose views to read; by default those of all.",
    })
    list: ViewList | null,
    @Ctx() { database, teamIds, principal }: Context,
  ): Promise<ViewRow[]> {
    return database.savedView.findMany({
      where: { ...viewsOf(teamIds, principal.userId), ...(list == null ? {} : { list }) },
      orderBy: [{ name: "asc" }, { id: "asc" }],
      take: maxRows,
    });
  }

  @FieldResolver(() => SavedArchitectureOrder, {
    nullable: true,
    description: "The order of a leaderboard. Null for the usual one, and for views of runs.",
  })
  architectureOrder(@Root() row: ViewRow): SavedArchitectureOrder | null {
    return row.list === "LEADERBOARD" ? orderOf(row, architectureOrder) : null;
  }

  @FieldResolver(() => SavedRunOrder, {
    nullable: true,
    description: "The order of a list of runs. Null for the usual one, and for other views.",
  })
  runOrder(@Root() row: ViewRow): SavedRunOrder | null {
    return row.list === "RUNS" ? orderOf(row, runOrder) : null;
  }

  @Mutation(() => SavedView, { description: "Saves a view, one's own or a team's." })
  async createView(
    @Arg("input", () => CreateViewInput, { description: "The view." }) input: CreateViewInput,
    @Ctx() context: Context,
  ): Promise<ViewRow> {
    const { teamId, view } = newView(input, context);
    const holder = { teamId: teamId ?? null, userId: context.principal.userId ?? null };
    if (holder.teamId !== null) await requireOwnTeam(context, holder.teamId);
    return saveView(context.database, holder, view);
  }

  @Mutation(() => SavedView, { description: "Gives a saved view another name." })
  async renameView(
    @Arg("id", () => ID, idArgument) id: string,
    @Arg("name", () => String, { description: "The new name, 1 to 100 characters." })
    newName: string,
    @Ctx() context: Context,
  ): Promise<ViewRow> {
    const parsed = parseInput(name, newName, "name");
    await requireChangeable(context, id);
    return renameView(context.database, id, parsed);
  }

  @Mutation(() => Boolean, { description: "Deletes a saved view. Always true." })
  async deleteView(
    @Arg("id", () => ID, idArgument) id: string,
    @Ctx() context: Context,
  ): Promise<boolean> {
    await requireChangeable(context, id);
    await deleteView(context.database, id);
    return true;
  }
}

/** Checks the view of a request, its filter as the list would. */
function newView(input: CreateViewInput, { principal }: Context) {
  const parsed = parseInput(inputSchema, input, "input");
  const { list, columns, teamId, ...given } = parsed;
  const unfit = list === "RUNS" ? "architectureOrder" : "runOrder";
  if (parsed[unfit] != null) {
    const message = `input.${unfit} cannot be used: the view is of another list.`;
    throw new InputError({ path: ["input", unfit], message });
  }
  const fields = list === "RUNS" ? runFields : leaderboardFields;
  const query = given.query ?? "";
  parseFilter(query, fields, { userId: principal.userId }, ["input", "query"]);
  const order = given.architectureOrder ?? given.runOrder;
  const view: NewView = {
    name: given.name,
    list,
    query,
    orderBy: order?.field ?? null,
    direction: order?.direction ?? null,
    columns: columns ?? [],
  };
  return { teamId, view };
}

/** Reads a stored order; one of a newer version of the program, which this one does not know, is none. */
function orderOf<Order>(row: ViewRow, schema: z.ZodType<Order>): Order | null {
  const { orderBy: field, direction } = row;
  return schema.safeParse({ field, direction }).data ?? null;
}

/** Throws an error unless views of a team may be saved for it: it is the caller's, who is no mere viewer. */
async function requireOwnTeam(
  { database, teamIds, principal }: Context,
  teamId: string,
): Promise<void> {
  check(principal, teamRule);
  const isOwn = isRowId(teamId) && teamIds?.includes(teamId.toLowerCase()) !== false;
  if (isOwn && (await database.team.count({ where: { id: teamId } })) > 0) return;
  const message = "input.teamId cannot be used: it is none of your teams.";
  throw new InputError({ path: ["input", "teamId"], message });
}

/** Throws an error unless the caller may change a view: its own, or as a researcher one of a team. */
async function requireChangeable(
  { database, teamIds, principal }: Context,
  id: string,
): Promise<void> {
  const where = { id, ...viewsOf(teamIds, principal.userId) };
  const view = isRowId(id) ? await database.savedView.findFirst({ where }) : null;
  if (view === null) throw notFound("view", id);
  if (view.teamId !== null) check(principal, teamRule);
}
