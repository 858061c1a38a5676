/**
 * Returns an address of the API that is not GraphQL, beside which it lies: a platform below a path of its
 * host, such as /nas/graphql, has it at /nas/export.
 *
 * @param graphql the address of GraphQL
 * @param path the path and query, such as /export/runs.csv
 */
export function besideGraphql(graphql: string, path: string): URL {
  return new URL(path.replace(/^\//, ""), graphql);
}
