import { GraphQLError } from "graphql";
import { z } from "zod";

/** The part of a request that names a persisted query; what else is in it Apollo checks. */
const requestSchema = z.looseObject({
  extensions: z
    .looseObject({
      persistedQuery: z.looseObject({ sha256Hash: z.string().max(64) }).nullish(),
    })
    .nullish(),
});

/**
 * Checks how a request names a persisted query, before Apollo makes a text of whatever stands there.
 * @param body the request's JSON; of a GET, its parameters, of which `extensions` is a text
 * @throws GraphQLError `BAD_REQUEST` unless the hash is a text of at most 64 characters
 */
export function checkPersistedQuery(body: unknown): void {
  if (isOfAnotherForm(body)) {
    const message =
      "extensions.persistedQuery.sha256Hash must be the SHA-256 of the query in hex, as a text of 64 characters.";
    throw new GraphQLError(message, { extensions: { code: "BAD_REQUEST", http: { status: 400 } } });
  }
}

/** Reports whether a request that has extensions has them in another form; Apollo refuses all else. */
function isOfAnotherForm(body: unknown): boolean {
  if (typeof body !== "object" || body === null || !("extensions" in body)) return false;
  const { extensions } = body;
  if (typeof extensions !== "string") return !requestSchema.safeParse({ extensions }).success;
  try {
    return !requestSchema.safeParse({ extensions: JSON.parse(extensions) as unknown }).success;
  } catch {
    return false;
  }
}
