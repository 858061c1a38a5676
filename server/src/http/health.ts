import { unreadyParts } from "@opnas/prisma";
import type { RequestHandler } from "express";
import { z } from "zod";
import type { Services } from "../context.js";

/** Answers GET /healthz: whoever gets the answer knows that the process lives, and nothing else. */
export const live: RequestHandler = (_request, response) => {
  response.set("Cache-Control", "no-store").json({ status: "ok" });
};

/**
 * Creates the answer to GET /readyz: 200 when everything that requests need is there, otherwise 503
 * with the parts that are not and the reasons.
 */
export function ready({ probe, notifications }: Services): RequestHandler {
  return async (_request, response) => {
    const notReady = await unreadyParts(probe, notifications);
    const status = notReady.length === 0 ? "ready" : "not ready";
    response
      .status(notReady.length === 0 ? 200 : 503)
      .set("Cache-Control", "no-store")
      .json({ status, notReady });
  };
}

/**
 * Creates the answer to GET /health, which says in one word whether the database answers. It asks on a
 * connection of its own: those of the requests may all be busy.
 */
export function health({ probe }: Services): RequestHandler {
  return async (_request, response) => {
    try {
      await probe.ask(z.unknown(), "SELECT 1");
      response.json({ status: "ok", database: "ok" });
    } catch {
      response.status(503).json({ status: "degraded", database: "unreachable" });
    }
  };
}
