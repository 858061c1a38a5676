import { type DocumentNode, GraphQLError } from "graphql";

/** The documents that are kept, and the most characters of one: portal and command line have fewer. */
const maxDocuments = 500;
const maxLength = 20_000;

/** A document that passed every check, or why it did not. */
export type Checked = DocumentNode | readonly GraphQLError[];

/**
 * Returns a function that parses and validates documents, and keeps those last used that are valid: clients
 * send the same few again and again. The same text gives the same object.
 */
export function keepDocuments(check: (query: string) => Checked): (query: string) => Checked {
  const kept = new Map<string, DocumentNode>();
  return (query) => {
    const known = kept.get(query);
    if (known !== undefined) {
      // A Map lists its keys in the order in which they were set: the first is the one longest unused.
      kept.delete(query);
      kept.set(query, known);
      return known;
    }
    const checked = check(query);
    if ("kind" in checked && query.length <= maxLength) {
      kept.set(query, checked);
      const [oldest] = kept.keys();
      if (kept.size > maxDocuments && oldest !== undefined) kept.delete(oldest);
    }
    return checked;
  };
}
