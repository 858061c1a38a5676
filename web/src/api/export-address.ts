import { besideGraphql } from "./beside-graphql";

/**
 * Returns the address of a file of the API, such as `audit.csv`, with a filter as GraphQL takes it.
 *
 * @param api the address of GraphQL, beside which the files lie
 */
export function exportAddress(api: string, file: string, filter: object): string {
  const address = besideGraphql(api, `/export/${file}`);
  if (Object.keys(filter).length > 0) address.searchParams.set("filter", JSON.stringify(filter));
  return address.href;
}
