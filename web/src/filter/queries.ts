import { type DocumentType, graphql } from "@/generated";

export const filterFields = graphql(`
  query FilterFields($list: ViewList!) {
    filterFields(list: $list) {
      name
      aliases
      description
      values
      choices
      comparisons
      alone
    }
  }
`);

/** A field that filters may name. */
export type FilterField = DocumentType<typeof filterFields>["filterFields"][number];
