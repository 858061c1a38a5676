import { OpnasError, toOpnasError } from "@opnas/core";
import { closeAuditEntry, databaseError, openAuditEntry } from "@opnas/prisma";
import {
  defaultFieldResolver,
  type GraphQLField,
  type GraphQLFieldResolver,
  type GraphQLSchema,
  isListType,
  isNonNullType,
} from "graphql";
import { z } from "zod";
import type { Context } from "../context.js";
import { notFound } from "../notFound.js";
import { isAtLeast, type Rule, rules } from "./rules.js";
import type { Principal } from "./principal.js";
import { isVisible } from "./visible.js";

/** A result, or a part of one, that is a row. */
const rowSchema = z.object({ id: z.string() });

type Resolve = GraphQLFieldResolver<unknown, Context, Record<string, unknown>>;

/**
 * Puts the rule of every field of Query, Mutation and Subscription before its resolver, for HTTP and
 * WebSocket alike, and records mutations in the audit log. This is the one place where rules are kept;
 * a field without a rule is for administrators only.
 */
export function guardSchema(schema: GraphQLSchema): void {
  const { Query: queries, Mutation: mutations, Subscription: subscriptions } = rules;
  for (const field of fieldsOf(schema, "Query")) {
    field.resolve = guarded(field, queries[field.name]);
  }
  for (const field of fieldsOf(schema, "Mutation")) {
    field.resolve = recorded(field.name, guarded(field, mutations[field.name]));
  }
  for (const field of fieldsOf(schema, "Subscription")) {
    const { subscribe } = field;
    if (subscribe === undefined) throw new Error(`${field.name} cannot be subscribed to.`);
    field.subscribe = async (root, args, context, info) => {
      const rule = subscriptions[field.name];
      check(context.principal, rule);
      const missing = await missingRow(context, rule, args);
      if (missing !== null) throw missing;
      return subscribe(root, args, context, info);
    };
  }
}

function fieldsOf(
  schema: GraphQLSchema,
  name: string,
): GraphQLField<unknown, Context, Record<string, unknown>>[] {
  const type = schema.getType(name);
  return type !== undefined && "getFields" in type ? Object.values(type.getFields() as Fields) : [];
}

type Fields = Record<string, GraphQLField<unknown, Context, Record<string, unknown>>>;

function guarded(field: Fields[string], rule: Rule | undefined): Resolve {
  const resolve = field.resolve ?? defaultFieldResolver;
  return async (root, args, context, info) => {
    check(context.principal, rule);
    const missing = await missingRow(context, rule, args);
    if (missing === null) return resolve(root, args, context, info);
    // As for a row that does not exist, so that nobody learns of other teams' rows.
    if (!isNonNullType(field.type)) return null;
    if (isListType(field.type.ofType)) return [];
    throw missing;
  };
}

/** Throws an OpnasError `UNAUTHENTICATED` or `FORBIDDEN` for a caller who may not use a field. */
export function check(principal: Principal, rule: Rule | undefined): void {
  const { role: needed, scope } = rule ?? { role: "ADMIN" as const, scope: "ADMIN" as const };
  if (needed === "ANYBODY") return;
  const { role, scopes, problem } = principal;
  if (role === undefined) {
    const message = problem ?? "Sign in first, or send an API key as Authorization: Bearer KEY.";
    throw new OpnasError("UNAUTHENTICATED", message);
  }
  if (!isAtLeast(role, needed)) {
    const message = `This needs the role ${needed.toLowerCase()}, and ${principal.name} is ${role.toLowerCase()}: ask an administrator.`;
    throw new OpnasError("FORBIDDEN", message);
  }
  if (!scopes.includes(scope)) {
    const message = `This needs an API key with the scope ${scope}: create one that has it.`;
    throw new OpnasError("FORBIDDEN", message);
  }
}

/** Returns the error for a row that is none of the caller's teams'; null when all may be used. */
async function missingRow(
  { database, teamIds, principal }: Context,
  rule: Rule | undefined,
  args: Record<string, unknown>,
): Promise<OpnasError | null> {
  if (teamIds === undefined || rule?.row === undefined) return null;
  const { kind, argument } = rule.row;
  for (const id of [args[argument] ?? []].flat().map(String)) {
    if (await isVisible(database, teamIds, kind, id, principal.userId)) continue;
    return notFound(kind === "any" ? "object" : kind, id);
  }
  return null;
}

/** Records a mutation in the audit log before it is carried out, and then how it ended. */
function recorded(action: string, resolve: Resolve): Resolve {
  return async (root, args, context, info) => {
    const { database, principal, ipAddress } = context;
    const isKnown = principal.role !== undefined;
    // What a stranger asks for in vain is left out: nobody is to fill the log from outside.
    const anonymousResult: unknown = isKnown ? undefined : await resolve(root, args, context, info);
    const entry = await openAuditEntry(database, {
      principalId: principal.id,
      principalName: principal.name,
      ipAddress: ipAddress ?? null,
      action,
      targetId: targetOf(args),
    });
    try {
      const result = isKnown ? await resolve(root, args, context, info) : anonymousResult;
      const targetId = targetOf(args) ?? idOf(result);
      await closeAuditEntry(database, entry, { outcome: "OK", targetId });
      return result;
    } catch (error) {
      const { code: outcome } = databaseError(toOpnasError(error));
      await closeAuditEntry(database, entry, { outcome, targetId: null });
      throw error;
    }
  };
}

/** Returns the id among a mutation's arguments; null where there is none. */
function targetOf({ id, architectureId, userId, teamId }: Record<string, unknown>): string | null {
  const found = id ?? architectureId ?? userId ?? teamId;
  return typeof found === "string" ? found : null;
}

/** Returns the id of a mutation's result, or of the row in it, such as a new key beside its secret. */
function idOf(result: unknown): string | null {
  const parts: unknown[] =
    typeof result === "object" && result !== null ? Object.values(result) : [];
  const rows = [result, ...parts].map((part) => rowSchema.safeParse(part).data);
  return rows.find((row) => row !== undefined)?.id ?? null;
}
