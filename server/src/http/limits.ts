import { ApolloArmor } from "@escape.tech/graphql-armor";
import { NoSchemaIntrospectionCustomRule, type ValidationRule } from "graphql";
import { unconditionalSubscriptions } from "./unconditionalSubscriptions.js";

/** The largest request body and WebSocket message, in bytes. */
export const maxMessageBytes = 1024 * 1024;

/** The most tokens of one document; the parser stops there. */
export const maxTokens = 4_000;

/** The most operations that are under way on one WebSocket. The portal has fewer than ten. */
export const maxOperationsPerSocket = 100;

/**
 * The most messages of one WebSocket that are being handled. It exceeds the operations under way, since an
 * operation that its client has given up goes on until its database calls return.
 */
export const maxMessagesPerSocket = 300;

/**
 * The most queries and mutations of one WebSocket that are executed at once; the others wait. Each holds
 * its place until the system has taken its answer, so that unread answers do not pile up.
 */
export const maxQueriesAtOncePerSocket = 4;

/** The most bytes that wait for the reader of one WebSocket, beside the answer that exceeds them. */
export const maxUnreadBytes = 16 * 1024 * 1024;

/** The most rows that one operation, or one message of a subscription, may load from the database. */
export const maxRowsPerOperation = 50_000;

/** The most errors of one answer: an operation may fail in thousands of places for one reason. */
export const maxErrors = 20;

/** The milliseconds within which a client must have sent the headers of a request, and all of it. */
export const headersMilliseconds = 15_000;
export const requestMilliseconds = 60_000;

/** The milliseconds within which a client must have sent all of a file, to the addresses that take one. */
export const uploadMilliseconds = 3_600_000;

/** The milliseconds that an idle connection is kept: longer than proxies keep theirs, which so are never late. */
export const keepAliveMilliseconds = 75_000;

/** The most bytes of automatically persisted queries (APQ) that are kept, and seconds since their last use. */
export const maxPersistedBytes = 4 * 1024 * 1024;
export const persistedSeconds = 3_600;

/**
 * Returns the limits on the form of one operation as validation rules; its cost, which depends on its
 * variables, is limited in cost.ts. The portal's deepest operation (the events of a run) is 9 deep.
 */
export function operationLimits({ introspection }: { introspection: boolean }): ValidationRule[] {
  const { validationRules } = new ApolloArmor({
    maxDepth: { n: 14 },
    maxAliases: { n: 30 },
    maxDirectives: { n: 50 },
    costLimit: { enabled: false },
  }).protect();
  const rules = [...validationRules, unconditionalSubscriptions];
  return introspection ? rules : [...rules, NoSchemaIntrospectionCustomRule];
}
