import type { ApolloServerPlugin } from "@apollo/server";
import { trace } from "@opentelemetry/api";
import type { Context } from "../context.js";
import type { Metrics } from "./metrics.js";
import { nameOperation, refused } from "./operation.js";

/** Creates an Apollo plugin that measures each operation over HTTP, from its arrival to its answer. */
export function apolloMetrics({ operationSeconds }: Metrics): ApolloServerPlugin<Context> {
  return {
    requestDidStart: () => {
      const started = performance.now();
      let named = refused;
      return Promise.resolve({
        didResolveOperation: ({ document, operationName }) => {
          named = nameOperation(document, operationName);
          trace.getActiveSpan()?.updateName(`${named.type} ${named.field}`);
          return Promise.resolve();
        },
        willSendResponse: ({ errors }) => {
          const outcome = errors === undefined ? "ok" : "error";
          const { type, field } = named;
          operationSeconds.observe({ type, field, outcome }, (performance.now() - started) / 1000);
          return Promise.resolve();
        },
      });
    },
  };
}
