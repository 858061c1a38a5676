import { withCancellation } from "@opnas/prisma";
import type { RequestHandler } from "express";

/**
 * Gives up the reads of a request once its client has left without waiting for the answer. A mutation is
 * carried out: its client may ask later what came of it.
 */
export const cancelWithClient: RequestHandler = (request, response, next) => {
  const leaving = new AbortController();
  response.once("close", () => {
    if (!response.writableFinished) leaving.abort();
  });
  if (isMutation(request.body)) next();
  else withCancellation(leaving.signal, next);
};

/**
 * Reports whether a request may be a mutation: its document has the word. A query that has it too is only
 * not given up early.
 */
function isMutation(body: unknown): boolean {
  const query =
    typeof body === "object" && body !== null && "query" in body ? body.query : undefined;
  return typeof query !== "string" || /\bmutation\b/.test(query);
}
