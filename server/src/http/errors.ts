import { randomUUID } from "node:crypto";
import type { OpnasError } from "@opnas/core";
import { GraphQLError, type GraphQLFormattedError } from "graphql";
import { databaseError } from "@opnas/prisma";
import { InputError } from "../input.js";
import type { Log } from "../log.js";

/** What Apollo calls an error that it knows nothing about. */
const apolloInternal = "INTERNAL_SERVER_ERROR";

/** The code of a document that cannot be parsed, as Apollo names it. */
export const parseFailed = "GRAPHQL_PARSE_FAILED";

/** The sentence for a document whose nesting exhausts the parser's stack (a RangeError). */
export const tooDeep = "The document is nested too deeply.";

export type ErrorFormatter = (
  formatted: GraphQLFormattedError,
  error: unknown,
) => GraphQLFormattedError;

/**
 * The one place where an error becomes what a client sees: the code of the closed set, its kind,
 * the field at fault where there is one, and the sentence. GraphQL's own errors (syntax,
 * validation) keep their codes. What is not expected is logged once under an id, and only the id
 * leaves the server.
 */
export function createErrorFormatter(log: Log): ErrorFormatter {
  const logged = new WeakMap<Error, string>();
  return (formatted, error) => {
    const cause = originOf(error);
    if (cause instanceof GraphQLError && formatted.extensions?.["code"] !== apolloInternal) {
      return { ...formatted, extensions: { code: "BAD_USER_INPUT", ...formatted.extensions } };
    }
    if (cause instanceof RangeError && formatted.extensions?.["code"] === parseFailed) {
      return { ...formatted, message: tooDeep, extensions: { code: parseFailed } };
    }
    const known = databaseError(cause);
    const message =
      known.code === "INTERNAL" ? internalSentence(logOnce(known, logged, log)) : known.message;
    return {
      ...formatted,
      message,
      extensions: {
        code: known.code,
        kind: known.kind,
        ...(known instanceof InputError ? fieldsAtFault(known) : {}),
      },
    };
  };
}

/** `path` names the first field with its argument; `issues` has all, from the argument `input` on. */
function fieldsAtFault({ issues }: InputError) {
  return {
    path: issues[0]?.path.join("."),
    issues: issues.map(({ path, message }) => ({
      path: path[0] === "input" ? path.slice(1) : path,
      message,
    })),
  };
}

/** What was thrown inside GraphQL's wrapping; GraphQL's own errors are their own origin. */
function originOf(error: unknown): unknown {
  return error instanceof GraphQLError && error.originalError
    ? originOf(error.originalError)
    : error;
}

function internalSentence(id: string): string {
  return `Something went wrong inside the server. Its log tells what, under error ${id}.`;
}

/** One failure may fail many fields of a response: it has one id and one entry in the log. */
function logOnce(error: OpnasError, logged: WeakMap<Error, string>, log: Log): string {
  const origin = error.cause instanceof Error ? error.cause : error;
  const known = logged.get(origin);
  if (known !== undefined) return known;
  const id = randomUUID().slice(0, 8);
  logged.set(origin, id);
  log.error(`Error ${id}: ${origin.stack ?? origin.message}`);
  return id;
}
