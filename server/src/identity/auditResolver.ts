import { Prisma } from "@opnas/prisma";
import { Arg, Args, Ctx, Query, Resolver } from "type-graphql";
import type { Context } from "../context.js";
import { type Page, readPage } from "../pagination/keyset.js";
import { PageArguments } from "../pagination/types.js";
import { auditEntries, AuditFilter } from "./auditFilter.js";
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
    @Arg("filter", () => AuditFilter, {
      nullable: true,
      description: "Conditions on the entries; without it all are listed.",
    })
    filter: AuditFilter | null,
    @Ctx() { database }: Context,
  ): Promise<Page> {
    const page = { first, after, last, before, column, direction: "DESC" } as const;
    return readPage(database, auditEntries(filter ?? null), page);
  }
}
