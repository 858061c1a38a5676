import { randomUUID } from "node:crypto";
import type { OpnasError } from "@opnas/core";
import { GraphQLError, type GraphQLFormattedError } from "graphql";
import { databaseError } from "@opnas/prisma";
import { FilterError } from "../filter/error.js";
import { InputError } from "../input.js";
import type { Log } from "../log.js";

/** The code that Apollo gives to an error without one. */
const apolloInternal = "INTERNAL_SERVER_ERROR";

/** The code of a document that cannot be parsed, as Apollo names it. */
export const parseFailed = "GRAPHQL_PARSE_FAILED";

/** The sentence for a document whose nesting exhausts the parser's stack (a RangeError). */
export const tooDeep = "The document is nested too deeply.";

/** The most characters of a sentence that leave the server. */
const maxMessageLength = 2_000;

/** A function that turns an error into the form that a client receives. */
export type ErrorFormatter = (
  formatted: GraphQLFormattedError,
  error: unknown,
) => GraphQLFormattedError;

/**
 * Creates the one function that turns errors into the form that a client receives: the code of the
 * closed set, its kind, the field at fault if there is one, and the sentence. GraphQL's own errors
 * (syntax, validation) keep their codes; `refine` may name another cause. An unexpected error is logged once under an id, and only the
 * id leaves the server.
 */
export function createErrorFormatter(
  log: Log,
  refine: (error: OpnasError) => OpnasError,
): ErrorFormatter {
  const logged = new WeakMap<Error, string>();
  return (formatted, error) => {
    const answer = formOf(formatted, error);
    return { ...answer, message: shortened(answer.message) };
  };

  function formOf(formatted: GraphQLFormattedError, error: unknown): GraphQLFormattedError {
    const cause = originOf(error);
    if (isOfRequest(error)) {
      const { code } = formatted.extensions ?? {};
      const own = code === undefined || code === apolloInternal ? "BAD_USER_INPUT" : code;
      return { ...formatted, extensions: { ...formatted.extensions, code: own } };
    }
    if (cause instanceof GraphQLError && formatted.extensions?.["code"] !== apolloInternal) {
      return { ...formatted, extensions: { code: "BAD_USER_INPUT", ...formatted.extensions } };
    }
    if (cause instanceof RangeError && formatted.extensions?.["code"] === parseFailed) {
      return { ...formatted, message: tooDeep, extensions: { code: parseFailed } };
    }
    const known = refine(databaseError(cause));
    const message =
      known.code === "INTERNAL" ? internalSentence(logOnce(known, logged, log)) : known.message;
    return {
      ...formatted,
      message,
      extensions: {
        code: known.code,
        kind: known.kind,
        ...(known instanceof InputError ? fieldsAtFault(known) : {}),
        ...(known instanceof FilterError ? { filter: known.fault } : {}),
      },
    };
  }
}

/** Cuts a sentence that repeats a value of the request, which may be as long as a request can be. */
function shortened(message: string): string {
  if (message.length <= maxMessageLength) return message;
  return `${message.slice(0, maxMessageLength).toWellFormed()}…`;
}

/** Returns the first field at fault with its argument as `path`, and all within `input` as `issues`. */
function fieldsAtFault({ issues }: InputError) {
  return {
    path: issues[0]?.path.join("."),
    issues: issues.map(({ path, message }) => ({
      path: path[0] === "input" ? path.slice(1) : path,
      message,
    })),
  };
}

/**
 * Reports whether GraphQL refused a request before any field was resolved, such as one with too many
 * wrong variables, for which Apollo has no code.
 */
function isOfRequest(error: unknown): boolean {
  const isOwn = error instanceof GraphQLError && error.originalError === undefined;
  return isOwn && error.path === undefined;
}

/** Unwraps the error that GraphQL's errors wrap; an error of GraphQL itself is returned as it is. */
function originOf(error: unknown): unknown {
  return error instanceof GraphQLError && error.originalError
    ? originOf(error.originalError)
    : error;
}

function internalSentence(id: string): string {
  return `Something went wrong inside the server. Its log tells what, under error ${id}.`;
}

/** Logs a failure once under one id, although it may fail many fields of a response. */
function logOnce(error: OpnasError, logged: WeakMap<Error, string>, log: Log): string {
  const origin = error.cause instanceof Error ? error.cause : error;
  const known = logged.get(origin);
  if (known !== undefined) return known;
  const id = randomUUID().slice(0, 8);
  logged.set(origin, id);
  log.error(`Error ${id}: ${origin.stack ?? origin.message}`);
  return id;
}
