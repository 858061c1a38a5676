import { ApolloArmor } from "@escape.tech/graphql-armor";
import type { ValidationRule } from "graphql";

/** The largest request body and WebSocket message, in bytes. */
export const maxMessageBytes = 1024 * 1024;

/** The most tokens of one document; the parser stops there. */
export const maxTokens = 4_000;

/**
 * Returns the limits on one operation as validation rules. The portal's largest operation (the events of a run) is 9 deep
 * and costs 1,200; the command line's (pages of 100 candidates) is 6 deep and costs 10,000.
 */
export function operationLimits(): ValidationRule[] {
  return new ApolloArmor({
    maxDepth: { n: 14 },
    maxAliases: { n: 30 },
    maxDirectives: { n: 50 },
    costLimit: { maxCost: 100_000 },
  }).protect().validationRules;
}
