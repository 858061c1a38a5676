import type { ApolloServerPlugin } from "@apollo/server";
import type { Context } from "../context.js";
import { maxErrors } from "./limits.js";

/** Creates the plugin that answers with the first errors only, of an operation that has thousands. */
export function fewErrors(): ApolloServerPlugin<Context> {
  return {
    requestDidStart: () =>
      Promise.resolve({
        willSendResponse: ({ response: { body } }) => {
          if (body.kind === "single") {
            const { singleResult } = body;
            if (singleResult.errors !== undefined)
              body.singleResult = {
                ...singleResult,
                errors: singleResult.errors.slice(0, maxErrors),
              };
          }
          return Promise.resolve();
        },
      }),
  };
}
