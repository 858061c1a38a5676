import { ApolloArmor } from "@escape.tech/graphql-armor";
import type { ValidationRule } from "graphql";

/** Largest request body and WebSocket message. */
export const largestMessageBytes = 1024 * 1024;

/** Words and signs of one document; the parser stops there. */
export const mostTokens = 4_000;

/**
 * Limits on one operation, as validation rules. The portal's largest (the events of a run) is 9 deep
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
