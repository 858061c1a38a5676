import {
  addMember,
  assignText,
  createTeam,
  deleteTeam,
  removeMember,
  renameTeam,
  type Team as TeamRow,
  type User,
} from "@opnas/prisma";
import { Arg, Ctx, FieldResolver, ID, Mutation, Query, Resolver, Root } from "type-graphql";
import type { Context } from "../context.js";
import { UsualLength } from "../http/cost.js";
import { isRowId, parseInput } from "../input.js";
import { notFound } from "../notFound.js";
import { teamNameSchema, textNameSchema } from "./inputs.js";
import { Account, Team } from "./types.js";

const teamArgument = { description: "The team's id." };
const userArgument = { description: "The account's id." };

/** The most rows of a list that has no pages. */
const maxRows = 1_000;

@Resolver(() => Team)
export class TeamResolver {
  @UsualLength(10)
  @Query(() => [Team], {
    description: `The teams that one is in, for administrators all, by name, at most ${maxRows}.`,
  })
  teams(@Ctx() { database, teamIds }: Context): Promise<TeamRow[]> {
    const where = teamIds === undefined ? {} : { id: { in: [...teamIds] } };
    return database.team.findMany({ where, orderBy: { name: "asc" }, take: maxRows });
  }

  @UsualLength(20)
  @FieldResolver(() => [Account], {
    description: `The members, in the order of their e-mail addresses, at most ${maxRows}.`,
  })
  members(@Root() { id }: TeamRow, @Ctx() { database }: Context): Promise<User[]> {
    return database.user.findMany({
      where: { teams: { some: { teamId: id } } },
      orderBy: { email: "asc" },
      take: maxRows,
    });
  }

  @Mutation(() => Team, { description: "Creates a team." })
  async createTeam(
    @Arg("name", () => String, { description: "The team's name, 1 to 100 characters." })
    name: string,
    @Ctx() { database }: Context,
  ): Promise<TeamRow> {
    return createTeam(database, parseInput(teamNameSchema, name, "name"));
  }

  @Mutation(() => Team, { description: "Gives a team another name, that of everyone included." })
  async renameTeam(
    @Arg("teamId", () => ID, teamArgument) teamId: string,
    @Arg("name", () => String, { description: "The new name, 1 to 100 characters." })
    name: string,
    @Ctx() { database }: Context,
  ): Promise<TeamRow> {
    if (!isRowId(teamId)) throw notFound("team", teamId);
    return renameTeam(database, teamId, parseInput(teamNameSchema, name, "name"));
  }

  @Mutation(() => ID, {
    description:
      "Deletes a team with its memberships, invitations, webhooks and saved views. One that owns runs or texts is deleted only if they go to another team. Returns the id that it had.",
  })
  async deleteTeam(
    @Arg("teamId", () => ID, teamArgument) teamId: string,
    @Arg("transferTo", () => ID, {
      nullable: true,
      description:
        "The id of the team that gets its runs, deleted ones included, its texts and its reference models.",
    })
    transferTo: string | null,
    @Ctx() { database }: Context,
  ): Promise<string> {
    if (!isRowId(teamId)) throw notFound("team", teamId);
    if (transferTo != null && !isRowId(transferTo)) throw notFound("team", transferTo);
    const newOwnerId = transferTo?.toLowerCase() ?? null;
    return (await deleteTeam(database, teamId.toLowerCase(), newOwnerId)).id;
  }

  @Mutation(() => ID, {
    description:
      "Takes one's own account out of a team, whose rows it then no longer sees. Returns the team's id.",
  })
  async leaveTeam(
    @Arg("teamId", () => ID, teamArgument) teamId: string,
    @Ctx() { database, principal: { userId } }: Context,
  ): Promise<string> {
    if (!isRowId(teamId)) throw notFound("team", teamId);
    if (userId === undefined) throw notFound("account", "of the machine's owner");
    return (await removeMember(database, teamId, userId)).id;
  }

  @Mutation(() => Team, { description: "Adds an account to a team." })
  async addTeamMember(
    @Arg("teamId", () => ID, teamArgument) teamId: string,
    @Arg("userId", () => ID, userArgument) userId: string,
    @Ctx() { database }: Context,
  ): Promise<TeamRow> {
    if (!isRowId(teamId)) throw notFound("team", teamId);
    if (!isRowId(userId)) throw notFound("account", userId);
    return addMember(database, teamId, userId);
  }

  @Mutation(() => Team, {
    description: "Takes an account out of a team, whose rows it then no longer sees.",
  })
  async removeTeamMember(
    @Arg("teamId", () => ID, teamArgument) teamId: string,
    @Arg("userId", () => ID, userArgument) userId: string,
    @Ctx() { database }: Context,
  ): Promise<TeamRow> {
    if (!isRowId(teamId)) throw notFound("team", teamId);
    if (!isRowId(userId)) throw notFound("account", userId);
    return removeMember(database, teamId, userId);
  }

  @Mutation(() => Boolean, {
    description:
      "Gives a text folder to one team: others then cannot train on it. Without a team it is everybody's. Always true.",
  })
  async assignText(
    @Arg("name", () => String, { description: "The name of a folder below OPNAS_TEXT_DIR." })
    name: string,
    @Arg("teamId", () => ID, { nullable: true, description: "The team's id; null for everybody." })
    teamId: string | null,
    @Ctx() { database }: Context,
  ): Promise<boolean> {
    if (teamId != null && !isRowId(teamId)) throw notFound("team", teamId);
    await assignText(database, parseInput(textNameSchema, name, "name"), teamId ?? null);
    return true;
  }
}
