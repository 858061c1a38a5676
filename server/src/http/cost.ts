import {
  type DocumentNode,
  getNamedType,
  getNullableType,
  GraphQLError,
  type GraphQLSchema,
  isLeafType,
  isListType,
  Kind,
} from "graphql";
// Its ES modules load a second copy of graphql, which refuses the types of the first.
import { type ComplexityEstimator, getComplexity } from "graphql-query-complexity/cjs";
import { Extensions } from "type-graphql";
import { z } from "zod";
import { operationKey } from "./operationKey.js";
import { defaultPageSize, maxPageSize } from "../pagination/keyset.js";

/**
 * The most objects and values that one operation may be estimated to answer with. The costliest
 * operation of portal and command line is below half of it (cost.test.ts).
 */
export const maxCost = 50_000;

/** Extensions of a field of the schema that is a list without pages. */
const listExtensions = z.object({ usualLength: z.int().min(1) });

/**
 * Decorates a list of objects that is not read page by page with the number of entries that it
 * usually has, by which the cost of what is selected of each is multiplied.
 */
export function UsualLength(usualLength: number): MethodDecorator & PropertyDecorator {
  return Extensions({ usualLength });
}

/** An operation as a client sent it. */
interface Operation {
  document: DocumentNode;
  operationName: string | null | undefined;
  variables: Record<string, unknown> | null | undefined;
}

/**
 * Estimates the number of objects and values that an operation answers with: each field counts 1,
 * and what is selected of a list counts as often as the list is long, by `first` or by its usual length.
 * @throws GraphQLError for variables that do not fit the document, and for over 10,000 selections
 */
export function costOf(schema: GraphQLSchema, operation: Operation): number {
  const { document, operationName, variables } = operation;
  return getComplexity({
    schema,
    query: document,
    estimators: [estimate],
    ...(operationName == null ? {} : { operationName }),
    ...(variables == null ? {} : { variables }),
  });
}

/**
 * The costs of reading the schema itself, which is as large as it is whatever the lists in a request: a
 * whole introspection, as of explorers and code generators, is about 13,000 values, made in 0.1 s. Validation limits how deep it goes.
 */
const introspectionCosts: Readonly<Record<string, number>> = { __schema: 13_000, __type: 2_000 };

const estimate: ComplexityEstimator = ({ field, args, childComplexity }) =>
  introspectionCosts[field.name] ?? 1 + lengthOf(field, args) * childComplexity;

type Field = Parameters<ComplexityEstimator>[0]["field"];

/** Returns how many objects the field's selection is made for. */
function lengthOf({ type, name, extensions }: Field, args: Record<string, unknown>): number {
  if (isLeafType(getNamedType(type))) return 1;
  const isPaged = "first" in args || getNamedType(type).name.endsWith("Connection");
  // A page's own edges: the connection has counted them.
  if (name === "edges") return 1;
  if (isPaged) return pageLength(args["last"] ?? args["first"]);
  if (!isListType(getNullableType(type))) return 1;
  return listExtensions.safeParse(extensions).data?.usualLength ?? maxPageSize;
}

/** Returns the length of a page; one out of range is refused where it is read. */
function pageLength(first: unknown): number {
  if (typeof first !== "number") return defaultPageSize;
  return Math.min(Math.max(first, 1), maxPageSize);
}

/**
 * Returns why an operation costs too much, or null. An operation whose variables do not fit passes: its
 * execution says what is wrong with them.
 */
export function excessOfCost(schema: GraphQLSchema, operation: Operation): GraphQLError | null {
  const cost = costOrRefusal(schema, operation);
  if (cost === null || (typeof cost === "number" && cost <= maxCost)) return null;
  const message =
    typeof cost === "number"
      ? `The operation could answer with ${cost} objects and values, and at most ${maxCost} are allowed: ask for less of its lists, or for shorter pages (first).`
      : cost.message;
  return new GraphQLError(message, {
    // Over HTTP an error of one of Apollo's plugins would be a fault of the server.
    extensions: { code: "GRAPHQL_VALIDATION_FAILED", http: { status: 400 } },
  });
}

/** The number of variables' values of one document whose costs are kept, and the most characters of each. */
const maxKept = 50;
const maxKeptLength = 500;

/** The costs of documents, which are few and come again and again, by operation and deciding variables. */
const keptCosts = new WeakMap<DocumentNode, Map<string, number>>();

function keptCostOf(schema: GraphQLSchema, operation: Operation): number {
  const { document, operationName, variables } = operation;
  const key = operationKey(operationName, decisive(variables));
  if (key === undefined) return costOf(schema, operation);
  const kept = keptCosts.get(document) ?? new Map<string, number>();
  keptCosts.set(document, kept);
  const cost = kept.get(key) ?? costOf(schema, operation);
  if (kept.size < maxKept && key.length <= maxKeptLength) kept.set(key, cost);
  return cost;
}

/**
 * Picks the variables that decide a cost: lengths of pages, and conditions of fields. All others are values
 * that rows are chosen by. To estimate anew for each of them took 5 % of a leaderboard page's time.
 */
function decisive(variables: Operation["variables"]): [string, unknown][] {
  return Object.entries(variables ?? {}).filter(
    ([, value]) => typeof value === "number" || typeof value === "boolean",
  );
}

function costOrRefusal(schema: GraphQLSchema, operation: Operation): number | GraphQLError | null {
  try {
    return keptCostOf(schema, operation);
  } catch (error) {
    if (!(error instanceof GraphQLError)) throw error;
    const isOfVariables =
      error.nodes?.some(({ kind }) => kind === Kind.VARIABLE_DEFINITION) ?? false;
    return isOfVariables ? null : error;
  }
}
