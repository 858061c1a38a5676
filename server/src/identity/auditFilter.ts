import { Prisma } from "@opnas/prisma";
import { Field, InputType } from "type-graphql";
import { z } from "zod";
import { parseInput, text } from "../input.js";
import { containing } from "../pagination/like.js";
import type { RowSource } from "../pagination/list.js";

@InputType({ description: "Conditions on entries of the audit log, all of which must hold." })
export class AuditFilter {
  @Field(() => String, {
    nullable: true,
    description: "A part of the mutation's name, in upper or lower case, such as “key”.",
  })
  action?: string | null;

  @Field(() => String, {
    nullable: true,
    description: "A part of the caller's e-mail address, in upper or lower case.",
  })
  caller?: string | null;

  @Field(() => Boolean, {
    nullable: true,
    description: "True for what was refused or failed, false for what succeeded.",
  })
  failed?: boolean | null;
}

const schema = z
  .object({
    action: text(100).nullish(),
    caller: text(254).nullish(),
    failed: z.boolean().nullish(),
  })
  .nullish();

/**
 * Returns the entries `e` of the audit log that meet a filter.
 * @throws InputError for a filter that cannot be used
 */
export function auditEntries(filter: AuditFilter | null): RowSource {
  const { action, caller, failed } = parseInput(schema, filter, "filter") ?? {};
  const conditions: Prisma.Sql[] = [];
  if (action) conditions.push(Prisma.sql`e.action ILIKE ${containing(action)}`);
  if (caller) conditions.push(Prisma.sql`e."principalName" ILIKE ${containing(caller)}`);
  if (failed === true) conditions.push(Prisma.sql`e.outcome <> 'OK'`);
  if (failed === false) conditions.push(Prisma.sql`e.outcome = 'OK'`);
  return { from: Prisma.sql`"AuditEntry" e`, id: Prisma.sql`e.id`, conditions };
}
