import { ApolloArmor } from "@escape.tech/graphql-armor";
import type { ValidationRule } from "graphql";

/** The largest request body and WebSocket message, in bytes. */
export const maxMessageBytes = 1024 * 1024;

/** The most tokens of one document; the parser stops there. */
export const maxTokens = 4_000;

/** The most operations that are under way on one WebSocket. The portal has fewer than ten. */
export const maxOperationsPerSocket = 100;

/**
 * Returns the limits on the form of one operation as validation rules; its cost, which depends on its
 * variables, is limited in cost.ts. The portal's deepest operation (the events of a run) is 9 deep.
 */
export function operationLimits(): ValidationRule[] {
  return new ApolloArmor({
    maxDepth: { n: 14 },
    maxAliases: { n: 30 },
    maxDirectives: { n: 50 },
    costLimit: { enabled: false },
  }).protect().validationRules;
}
