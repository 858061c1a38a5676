import { errorKinds } from "@opnas/core";
import {
  type GraphQLArgument,
  type GraphQLField,
  type GraphQLNamedType,
  type GraphQLSchema,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isIntrospectionType,
  isObjectType,
  isSpecifiedScalarType,
} from "graphql";
import { type Example, examples } from "./examples.js";

const introduction = `# The GraphQL API

This page is made from the schema (\`server/schema.graphql\`) by \`npm run api:docs -w server\`. Queries and mutations go to \`http://127.0.0.1:4000/graphql\` as POST with JSON \`{"query": …, "variables": …}\`; subscriptions use the protocol graphql-transport-ws at the same address.

## Rules

- **Ids** are UUIDs. Every look-up by id answers an unknown id, whatever its form, with the error \`NOT_FOUND\`; so it does for what belongs to a deleted run. Filters are no look-ups: an unknown id in a filter gives an empty list.
- **Pages**: lists are connections. Pass \`pageInfo.endCursor\` as \`after\`, with the same filter and order, while \`hasNextPage\` is true; backwards, \`startCursor\` as \`before\` with \`last\`, while \`hasPreviousPage\` is true. Rows that are added meanwhile neither hide nor repeat others.
- **Repeated requests**: what starts work takes an \`idempotencyKey\`. The same key with the same input returns the first answer; with other input it is refused.
- **Errors** have a code of a closed set in \`extensions.code\`, its kind in \`extensions.kind\`, and a sentence that a person can act on. The kind \`user\` means that repeating will not help, \`retryable\` that it may.
- **Changes of the schema** are additions. What is to go is marked \`@deprecated\` first, and named below; \`server/released.graphql\` is the schema of the last release, against which a test checks.

| Code | Kind |
| --- | --- |
${Object.entries(errorKinds)
  .map(([code, kind]) => `| \`${code}\` | ${kind} |`)
  .join("\n")}`;

/** Returns docs/api.md: rules, examples, and every operation and type of the schema, in Markdown. */
export function apiPage(schema: GraphQLSchema): string {
  const roots = [schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType()];
  const titles = ["Queries", "Mutations", "Subscriptions"];
  const types = Object.values(schema.getTypeMap())
    .filter((type) => !roots.some((root) => root === type))
    .filter((type) => !isIntrospectionType(type) && !isSpecifiedScalarType(type))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
  return [
    introduction,
    "## Examples",
    "`RUN`, `ARCHITECTURE` and `OTHER` stand for ids of yours. A test runs each example.",
    ...examples.map(exampleSection),
    ...roots.flatMap((root, index) => [
      `## ${titles[index] ?? ""}`,
      ...sorted(Object.values(root?.getFields() ?? {})).map(operationSection),
    ]),
    "## Types",
    ...types.map(typeSection),
  ]
    .join("\n\n")
    .concat("\n");
}

function exampleSection({ title, operation, variables }: Example): string {
  const given =
    variables === undefined ? "" : `\n\n\`\`\`json\n${JSON.stringify(variables)}\n\`\`\``;
  return `### ${title}\n\n\`\`\`graphql\n${operation}\n\`\`\`${given}`;
}

function operationSection(field: GraphQLField<unknown, unknown>): string {
  const head = `### ${field.name}\n\n${sentence(field)}\n\nReturns \`${String(field.type)}\`.`;
  if (field.args.length === 0) return head;
  return `${head}\n\n${sorted(field.args).map(argumentLine).join("\n")}`;
}

function typeSection(type: GraphQLNamedType): string {
  return [`### ${type.name}`, type.description ?? "", ...partsOf(type)].join("\n\n");
}

function partsOf(type: GraphQLNamedType): string[] {
  if (isEnumType(type)) {
    const values = type
      .getValues()
      .map(({ name, description }) => `- \`${name}\`: ${description ?? ""}`);
    return [values.join("\n")];
  }
  if (isInputObjectType(type)) {
    return [sorted(Object.values(type.getFields())).map(argumentLine).join("\n")];
  }
  if (!isObjectType(type) && !isInterfaceType(type)) return [];
  return [sorted(Object.values(type.getFields())).map(fieldLine).join("\n")];
}

function fieldLine(field: GraphQLField<unknown, unknown>): string {
  const names = field.args.map(({ name, type }) => `${name}: ${String(type)}`).join(", ");
  const args = names === "" ? "" : `(${names})`;
  return `- \`${field.name}${args}: ${String(field.type)}\`: ${sentence(field)}`;
}

function argumentLine(argument: Pick<GraphQLArgument, "name" | "type" | "description">): string {
  return `- \`${argument.name}: ${String(argument.type)}\`: ${argument.description ?? ""}`;
}

/** Returns a field's description, and what is to be used in its place where it is deprecated. */
function sentence({ description, deprecationReason }: GraphQLField<unknown, unknown>): string {
  const deprecated = deprecationReason == null ? "" : ` **Deprecated**: ${deprecationReason}`;
  return `${description ?? ""}${deprecated}`;
}

function sorted<Part extends { name: string }>(parts: readonly Part[]): Part[] {
  return [...parts].sort((a, b) => (a.name < b.name ? -1 : 1));
}
