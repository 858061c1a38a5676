import type { Random } from "@opnas/core";
import {
  type GraphQLField,
  type GraphQLObjectType,
  type GraphQLSchema,
  getNamedType,
  isLeafType,
  isObjectType,
} from "graphql";
import { hostileArgument } from "../../server/src/testing/hostileValues.ts";

/** A GraphQL request as it is sent. */
export interface GraphqlRequest {
  query: string;
  variables: Record<string, unknown>;
  operationName?: string;
}

/** The kinds of operations. */
export type Kind = "query" | "mutation" | "subscription";

/** The parts that a document under construction has gathered. */
interface Draft {
  random: Random;
  known: readonly string[];
  variables: Record<string, unknown>;
  declared: string[];
  /** The fields that may still be selected. */
  left: number;
}

/**
 * Makes up a request of valid form from the schema: any fields, nested as deeply as 16 levels, with
 * aliases, directives and arguments, most of which have the right type.
 * @param known texts that fields may know, such as ids of rows
 */
export function randomRequest(
  schema: GraphQLSchema,
  kind: Kind,
  random: Random,
  known: readonly string[],
): GraphqlRequest {
  const roots = {
    query: schema.getQueryType(),
    mutation: schema.getMutationType(),
    subscription: schema.getSubscriptionType(),
  };
  const root = roots[kind];
  if (root == null) throw new Error(`The schema has no ${kind}.`);
  const left = random.pick([3, 10, 40, 200]);
  const draft: Draft = { random, known, variables: {}, declared: [], left };
  const count = kind === "query" ? random.pick([1, 1, 2, 5]) : 1;
  const fields = Array.from({ length: count }, () =>
    selected(random.pick(Object.values(root.getFields())), draft, random.pick([2, 4, 8, 16])),
  );
  const head = draft.declared.length === 0 ? "" : `(${draft.declared.join(", ")})`;
  return { query: `${kind} ${head} { ${fields.join(" ")} }`, variables: draft.variables };
}

function selected(field: GraphQLField<unknown, unknown>, draft: Draft, depth: number): string {
  const { random } = draft;
  draft.left -= 1;
  const passed = field.args.flatMap((arg) => {
    const isNeeded = arg.type.toString().endsWith("!");
    if (!isNeeded && random.next() < 0.5) return [];
    const name = `v${draft.declared.length}`;
    draft.declared.push(`$${name}: ${arg.type.toString()}`);
    draft.variables[name] = hostileArgument(arg.type, random, draft.known);
    return [`${arg.name}: $${name}`];
  });
  const call = passed.length === 0 ? "" : `(${passed.join(", ")})`;
  const alias = random.next() < 0.3 ? `a${draft.left}: ` : "";
  const directive = random.next() < 0.05 ? random.pick(directives) : "";
  const named = getNamedType(field.type);
  const inner = isObjectType(named) ? ` { ${selection(named, draft, depth - 1)} }` : "";
  return `${alias}${field.name}${call}${directive}${inner}`;
}

const directives = [" @skip(if: false)", " @include(if: true)", " @skip(if: true)", " @nothing"];

function selection(type: GraphQLObjectType, draft: Draft, depth: number): string {
  const fields = Object.values(type.getFields());
  const leaves = fields.filter((field) => isLeafType(getNamedType(field.type)));
  if (depth <= 0 || draft.left <= 0)
    return ["__typename", ...leaves.map(({ name }) => name)].join(" ");
  const wanted = draft.random.pick([1, 2, 4, fields.length]);
  const some = Array.from({ length: wanted }, () => draft.random.pick(fields));
  return [...new Set(some)].map((field) => selected(field, draft, depth)).join(" ");
}

/** Returns a text with a few of its characters removed, repeated or replaced. */
export function garbled(text: string, random: Random): string {
  let garbage = text;
  for (let change = 0; change < 4; change++) {
    const at = Math.floor(random.next() * garbage.length);
    const twice = garbage.slice(at, at + 1).repeat(2);
    const put = random.pick(["", twice, "{", "}", "\0", "$", "\ud800", '"', "...", "@"]);
    garbage = `${garbage.slice(0, at)}${put}${garbage.slice(at + 1)}`;
  }
  return garbage;
}
