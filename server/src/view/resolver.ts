import {
  deleteView,
  type NewView,
  type SavedView as ViewRow,
  saveView,
  updateView,
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
  UpdateViewInput,
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

const contentSchema = z.object({
  query: z.string().nullish(),
  architectureOrder: architectureOrder.nullish(),
  runOrder: runOrder.nullish(),
  columns: z.array(label(100).min(1, "it is empty")).max(50, "it has over 50").nullish(),
});
type Content = z.infer<typeof contentSchema>;

const inputSchema = contentSchema.extend({
  name,
  list: z.enum(ViewList),
  teamId: z.string().nullish(),
});

const changesSchema = contentSchema.extend({ name: name.nullish() });

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
    return updateView(context.database, id, { name: parsed });
  }

  @Mutation(() => SavedView, {
    description: "Changes a saved view's name, filter, order or columns.",
  })
  async updateView(
    @Arg("id", () => ID, idArgument) id: string,
    @Arg("input", () => UpdateViewInput, { description: "The changes." }) input: UpdateViewInput,
    @Ctx() context: Context,
  ): Promise<ViewRow> {
    const { name: newName, ...content } = parseInput(changesSchema, input, "input");
    const { list } = await requireChangeable(context, id);
    const changes = contentOf(content, list, context);
    const named = newName == null ? changes : { ...changes, name: newName };
    return updateView(context.database, id, named);
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
function newView(input: CreateViewInput, context: Context) {
  const { list, teamId, name: ofView, ...content } = parseInput(inputSchema, input, "input");
  const nothing = { query: "", orderBy: null, direction: null, columns: [] };
  const view: NewView = { name: ofView, list, ...nothing, ...contentOf(content, list, context) };
  return { teamId, view };
}

/** Checks what a request gives of a view of a list, and returns it as it is stored; null is the usual. */
function contentOf(content: Content, list: ViewList, { principal }: Context): Partial<NewView> {
  const { query, columns } = content;
  const [fit, unfit] =
    list === "RUNS"
      ? (["runOrder", "architectureOrder"] as const)
      : (["architectureOrder", "runOrder"] as const);
  if (content[unfit] != null) {
    const message = `input.${unfit} cannot be used: the view is of another list.`;
    throw new InputError({ path: ["input", unfit], message });
  }
  const fields = list === "RUNS" ? runFields : leaderboardFields;
  if (query != null) {
    parseFilter(query, fields, { userId: principal.userId }, ["input", "query"]);
  }
  const order = content[fit];
  return {
    ...(query === undefined ? {} : { query: query ?? "" }),
    ...(columns === undefined ? {} : { columns: columns ?? [] }),
    ...(order === undefined
      ? {}
      : { orderBy: order?.field ?? null, direction: order?.direction ?? null }),
  };
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

/** Finds a view that the caller may change, or throws: its own, or as a researcher one of a team. */
async function requireChangeable(
  { database, teamIds, principal }: Context,
  id: string,
): Promise<ViewRow> {
  const where = { id, ...viewsOf(teamIds, principal.userId) };
  const view = isRowId(id) ? await database.savedView.findFirst({ where }) : null;
  if (view === null) throw notFound("view", id);
  if (view.teamId !== null) check(principal, teamRule);
  return view;
}
