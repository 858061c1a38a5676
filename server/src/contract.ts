import { type GraphQLSchema, lexicographicSortSchema, printSchema } from "graphql";

/** Prints the schema as the file schema.graphql has it: sorted, so that diffs show only changes. */
export function printContract(schema: GraphQLSchema): string {
  return `# Written by \`npm run schema -w server\` from the decorators in src/.\n\n${printSchema(lexicographicSortSchema(schema))}\n`;
}
