import { z } from "zod";

const answerSchema = z.object({
  data: z.record(z.string(), z.unknown()).nullish(),
  errors: z.array(z.object({ message: z.string() })).optional(),
});
const countSchema = z.object({ searchRuns: z.object({ totalCount: z.int() }) });
const startedSchema = z.object({ startSearch: z.object({ id: z.string() }) });

/**
 * Starts a search in a database that has none, so that the portal shows life at once.
 *
 * @param {string} api the GraphQL address
 * @param {string} preset
 * @param {string} token the token of this machine
 * @returns {Promise<string | undefined>} the run's id; undefined when there are runs already
 */
export async function startFirstRun(api, preset, token) {
  const { searchRuns } = countSchema.parse(
    await query(
      api,
      token,
      "{ searchRuns(first: 1, filter: { visibility: [CURRENT, ARCHIVED, DELETED] }) { totalCount } }",
      {},
    ),
  );
  if (searchRuns.totalCount > 0) return undefined;
  const started = await query(
    api,
    token,
    "mutation FirstRun($input: StartSearchInput!) { startSearch(input: $input) { id } }",
    { input: { preset, idempotencyKey: "first-run" } },
  );
  return startedSchema.parse(started).startSearch.id;
}

/**
 * @param {string} api
 * @param {string} token
 * @param {string} text
 * @param {Record<string, unknown>} variables
 */
async function query(api, token, text, variables) {
  const response = await fetch(api, {
    method: "POST",
    headers: { "content-type": "application/json", authorization: `Bearer ${token}` },
    body: JSON.stringify({ query: text, variables }),
    signal: AbortSignal.timeout(15_000),
  });
  const answer = answerSchema.parse(await response.json());
  const error = answer.errors?.[0];
  if (error !== undefined) throw new Error(error.message);
  return answer.data;
}
