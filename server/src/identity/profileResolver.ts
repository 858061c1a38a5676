import type { User } from "@opnas/prisma";
import { Arg, Ctx, FieldResolver, ID, Mutation, Query, Resolver, Root } from "type-graphql";
import type { Context } from "../context.js";
import { UsualLength } from "../http/cost.js";
import { isRowId, parseInput } from "../input.js";
import { notFound } from "../notFound.js";
import { personNameSchema } from "./inputs.js";
import { Session } from "./profileTypes.js";
import { Account, Viewer } from "./types.js";

/** The most sessions of one answer. */
const maxSessions = 100;

/** The columns of a session that leave the server; its token is a secret. */
const shown = { id: true, userAgent: true, ipAddress: true, createdAt: true, expiresAt: true };

/** A person's own account, and the browsers in which it is signed in. */
@Resolver(() => Viewer)
export class ProfileResolver {
  @FieldResolver(() => Account, {
    nullable: true,
    description: "The caller's account. Null for the machine's owner.",
  })
  account(@Root() { userId }: Viewer, @Ctx() { database }: Context): Promise<User | null> {
    if (userId === null) return Promise.resolve(null);
    return database.user.findUnique({ where: { id: userId } });
  }

  @UsualLength(5)
  @Query(() => [Session], {
    description: `The browsers in which one's own account is signed in, the newest first, at most ${maxSessions}. None for the machine's owner.`,
  })
  async sessions(@Ctx() { database, principal }: Context): Promise<Session[]> {
    const { userId, sessionId } = principal;
    if (userId === undefined) return [];
    const rows = await database.session.findMany({
      where: { userId, expiresAt: { gt: new Date() } },
      orderBy: { createdAt: "desc" },
      take: maxSessions,
      select: shown,
    });
    return rows.map((row) => ({ ...row, current: row.id === sessionId }));
  }

  @Mutation(() => Session, {
    description:
      "Signs one's own account out of a browser and ends its open connections. Returns what the session was.",
  })
  async endSession(
    @Arg("id", () => ID, { description: "The session's id." }) id: string,
    @Ctx() { database, principal }: Context,
  ): Promise<Session> {
    const { userId, sessionId } = principal;
    if (!isRowId(id) || userId === undefined) throw notFound("session", id);
    const where = { id, userId };
    const row = await database.session.findFirst({ where, select: shown });
    if (row === null) throw notFound("session", id);
    await database.session.deleteMany({ where });
    return { ...row, current: row.id === sessionId };
  }

  @Mutation(() => Account, { description: "Changes the name of one's own account." })
  async renameAccount(
    @Arg("name", () => String, { description: "The new name, 1 to 100 characters." })
    name: string,
    @Ctx() { database, principal }: Context,
  ): Promise<User> {
    const parsed = parseInput(personNameSchema, name, "name");
    const { userId } = principal;
    if (userId === undefined) throw notFound("account", "of the machine's owner");
    return database.user.update({ where: { id: userId }, data: { name: parsed } });
  }
}
