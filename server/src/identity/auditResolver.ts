import { Prisma } from "@opnas/prisma";
import { Args, Ctx, Query, Resolver } from "type-graphql";
import type { Context } from "../context.js";
import { type Page, readPage } from "../pagination/keyset.js";
import { PageArguments } from "../pagination/types.js";
import { AuditEntryConnection } from "./types.js";

const column = {
  name: "time",
  sql: Prisma.sql`e.time`,
  type: "timestamptz",
  nullable: false,
} as const;

@Resolver()
export class AuditResolver {
  @Query(() => AuditEntryConnection, {
    description: "The mutations that callers asked for, with their outcome, the newest first.",
  })
  auditLog(
    @Args(() => PageArguments) { first, after, last, before }: PageArguments,
    @Ctx() { database }: Context,
  ): Promise<Page> {
    const source = { from: Prisma.sql`"AuditEntry" e`, id: Prisma.sql`e.id`, conditions: [] };
    return readPage(database, source, { first, after, last, before, column, direction: "DESC" });
  }
}
