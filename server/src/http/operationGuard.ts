import type { ApolloServerPlugin } from "@apollo/server";
import { GraphQLError, OperationTypeNode } from "graphql";
import type { Context } from "../context.js";
import { excessOfCost } from "./cost.js";

/** Creates the plugin that refuses operations which HTTP cannot serve, before they are executed. */
export function operationGuard(): ApolloServerPlugin<Context> {
  return {
    requestDidStart: () =>
      Promise.resolve({
        didResolveOperation: ({ schema, document, operation, request }) => {
          if (operation?.operation === OperationTypeNode.SUBSCRIPTION) {
            throw badInput("Subscriptions are served over WebSocket, at the same address.");
          }
          const { operationName, variables } = request;
          const excess = excessOfCost(schema, { document, operationName, variables });
          if (excess !== null) throw excess;
          return Promise.resolve();
        },
      }),
  };
}

/** Creates the error of an operation that is refused as a whole. */
function badInput(message: string): GraphQLError {
  return new GraphQLError(message, {
    extensions: { code: "BAD_USER_INPUT", http: { status: 400 } },
  });
}
