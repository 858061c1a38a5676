import { SpanKind } from "@opentelemetry/api";
import { inSpan } from "@opnas/telemetry";
import type { RequestHandler } from "express";

/**
 * Wraps a GraphQL request in a span, named by its operation once that is known; what it queues belongs to
 * its trace. A client's own trace goes on.
 */
export const traceRequest: RequestHandler = (request, response, next) => {
  const { traceparent } = request.headers;
  const from = typeof traceparent === "string" ? { traceparent } : undefined;
  const span = { name: "graphql", kind: SpanKind.SERVER, from };
  void inSpan(
    span,
    () =>
      new Promise<void>((resolve) => {
        response.once("close", resolve);
        next();
      }),
  );
};
