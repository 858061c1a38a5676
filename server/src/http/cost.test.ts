import { readFileSync, readdirSync } from "node:fs";
import {
  type DocumentNode,
  type FragmentDefinitionNode,
  getIntrospectionQuery,
  getNamedType,
  getNullableType,
  type GraphQLType,
  isCompositeType,
  isEnumType,
  isInputObjectType,
  isListType,
  isNonNullType,
  isObjectType,
  isRequiredInputField,
  Kind,
  type OperationDefinitionNode,
  parse,
  specifiedRules,
  typeFromAST,
  validate,
  visit,
} from "graphql";
import { expect, test } from "vitest";
import { createSchema } from "../schema.js";
import { costOf, excessOfCost, maxCost } from "./cost.js";
import { operationLimits } from "./limits.js";

const schema = createSchema();

const cost = (query: string, variables: Record<string, unknown> = {}) =>
  costOf(schema, { document: parse(query), operationName: undefined, variables });

const refusal = (query: string, variables: Record<string, unknown> = {}) =>
  excessOfCost(schema, { document: parse(query), operationName: undefined, variables })?.message;

test("a page costs what its length is, written out, by variable, by default of either", () => {
  const page = (first: string) => `{ leaderboard${first} { edges { node { id name } } } }`;
  // The connection, then edges, node, id and name of each row.
  expect(cost(page("(first: 100)"))).toBe(1 + 100 * 4);
  expect(cost(page(""))).toBe(1 + 20 * 4);
  const byVariable = `query ($n: Int = 50) ${page("(first: $n)")}`;
  expect(cost(byVariable, { n: 100 })).toBe(1 + 100 * 4);
  expect(cost(byVariable)).toBe(1 + 50 * 4);
  expect(cost(byVariable, { n: null })).toBe(1 + 20 * 4);
});

test("one document that comes again is refused or not by the variables of each time", () => {
  const document = parse(`query ($n: Int) { searchRuns(first: $n) { edges { node {
    architectures(first: $n) { edges { node { evaluations { taskScores { score } } } } } } } } }`);
  const isRefused = (n: number) =>
    excessOfCost(schema, { document, operationName: undefined, variables: { n } }) !== null;
  expect([5, 100, 5, 100, 6].map(isRefused)).toEqual([false, true, false, true, false]);
});

test("the whole schema can be read, as explorers and code generators do, but not many times at once", () => {
  expect(refusal(getIntrospectionQuery())).toBeUndefined();
  expect(refusal('{ __type(name: "Query") { fields { name args { name } } } }')).toBeUndefined();
  const read = "__schema { types { fields { args { name } } } }";
  const many = Array.from({ length: 5 }, (_, index) => `s${index}: ${read}`);
  expect(refusal(`{ ${many.join(" ")} }`)).toMatch(/at most 50000/);
});

test("plain lists nested in one another are refused, however few words they take", () => {
  const run = (inner: string) => `run { generations { candidates { ${inner} } } }`;
  const nested = `{ searchRun(id: "x") { generations { candidates { ${run(run("id"))} } } } }`;
  expect(refusal(nested)).toMatch(/could answer with \d+ objects .* at most 50000/);
  const lineage = (inner: string) => `lineage { architecture { ${inner} } }`;
  const ancestors = `{ architecture(id: "x") { ${lineage(lineage(lineage(lineage("id"))))} } }`;
  expect(refusal(ancestors)).toMatch(/could answer with/);
  const pages = `query ($n: Int) { searchRuns(first: $n) { edges { node {
    architectures(first: $n) { edges { node { evaluations { taskScores { score } } } } } } } } }`;
  expect(refusal(pages, { n: 100 })).toMatch(/could answer with/);
  expect(refusal(pages, { n: 5 })).toBeUndefined();
});

test("fragments that spread one another many times are refused after few steps", () => {
  const levels = Array.from(
    { length: 40 },
    (_, level) => `fragment F${level} on Architecture { ...F${level + 1} ...F${level + 1} }`,
  );
  const bomb = `{ architecture(id: "x") { ...F0 } } ${levels.join(" ")} fragment F40 on Architecture { id }`;
  expect(refusal(bomb)).toMatch(/maximum allowed number of nodes/);
});

test("wrong variables are left to the execution, which names them", () => {
  expect(
    refusal("query ($n: Int) { leaderboard(first: $n) { totalCount } }", { n: "two" }),
  ).toBeUndefined();
});

test("every list of objects is read by page or states its usual length", () => {
  const silent = Object.values(schema.getTypeMap()).flatMap((type) =>
    !isObjectType(type) || type.name.startsWith("__")
      ? []
      : Object.values(type.getFields())
          .filter((field) => isListType(getNullableType(field.type)))
          .filter((field) => isCompositeType(getNamedType(field.type)))
          .filter(({ name, args }) => name !== "edges" && !args.some((arg) => arg.name === "first"))
          .filter(({ extensions }) => extensions["usualLength"] === undefined)
          .map((field) => `${type.name}.${field.name}`),
  );
  expect(silent).toEqual([]);
});

/** The GraphQL documents in the sources of the portal or the command line. */
function documentsOf(folder: "web" | "cli"): DocumentNode {
  const root = new URL(`../../../${folder}/src/`, import.meta.url);
  const files = readdirSync(root, { recursive: true, encoding: "utf8" });
  const definitions = files
    .filter((file) => /\.tsx?$/.test(file) && !file.startsWith("generated"))
    .map((file) => readFileSync(new URL(file, root), "utf8"))
    .flatMap((source) => [...source.matchAll(/graphql\(`([^`]*)`\)/g)])
    .flatMap(([, text = ""]) => parse(text).definitions);
  return { kind: Kind.DOCUMENT, definitions };
}

/** An operation with the fragments that it needs. */
function complete(operation: OperationDefinitionNode, all: DocumentNode): DocumentNode {
  const needed = new Map<string, FragmentDefinitionNode>();
  const gather = (node: OperationDefinitionNode | FragmentDefinitionNode) => {
    visit(node, {
      FragmentSpread: ({ name }) => {
        const fragment = all.definitions.find(
          (each) => each.kind === Kind.FRAGMENT_DEFINITION && each.name.value === name.value,
        );
        if (fragment?.kind !== Kind.FRAGMENT_DEFINITION || needed.has(name.value)) return;
        needed.set(name.value, fragment);
        gather(fragment);
      },
    });
  };
  gather(operation);
  return { kind: Kind.DOCUMENT, definitions: [operation, ...needed.values()] };
}

/** Values for the variables of our own documents, with pages as long as they may be. */
function widest({ variableDefinitions = [] }: OperationDefinitionNode): Record<string, unknown> {
  const values: Record<string, unknown> = {};
  for (const { variable, type } of variableDefinitions) {
    const name = variable.name.value;
    const form = type.kind === Kind.NON_NULL_TYPE ? typeFromAST(schema, type) : undefined;
    if (name === "first") values[name] = 100;
    else if (form !== undefined) values[name] = valueOf(form);
  }
  return values;
}

/** A value of a type, with all that an input object needs. */
function valueOf(form: GraphQLType): unknown {
  if (isNonNullType(form)) return valueOf(form.ofType);
  if (isListType(form)) return Array.from({ length: 8 }, () => valueOf(form.ofType));
  if (isEnumType(form)) return form.getValues()[0]?.name;
  if (isInputObjectType(form)) {
    const required = Object.values(form.getFields()).filter(isRequiredInputField);
    return Object.fromEntries(required.map(({ name, type }) => [name, valueOf(type)]));
  }
  const values: Record<string, unknown> = { Int: 100, Float: 1, Boolean: true };
  return values[String(form)] ?? "x";
}

test.each(["web", "cli"] as const)("every document of %s is within the limits", (folder) => {
  const all = documentsOf(folder);
  const operations = all.definitions.filter((each) => each.kind === Kind.OPERATION_DEFINITION);
  expect(operations.length).toBeGreaterThan(10);
  const costs = operations.map((operation): [string, number] => {
    const document = complete(operation, all);
    const name = operation.name?.value ?? "";
    expect(
      validate(schema, document, [...specifiedRules, ...operationLimits({ introspection: true })]),
      name,
    ).toEqual([]);
    const variables = widest(operation);
    return [name, costOf(schema, { document, operationName: name, variables })];
  });
  expect(costs.filter(([, each]) => each > maxCost / 2)).toEqual([]);
});
