import { errorKinds, OpnasError } from "@opnas/core";
import { databaseError } from "@opnas/prisma";
import { toNodeHandler } from "better-auth/node";
import type { Express, RequestHandler } from "express";
import express from "express";
import { z } from "zod";
import { authPath, callerAddressHeader } from "./auth.js";
import { check } from "./guard.js";
import { type Identity, localCookie } from "./identity.js";
import type { Rule } from "./rules.js";

/** The rules of addresses that are not GraphQL; those of health and readiness are open to anybody. */
export const routeRules = {
  metrics: { role: "VIEWER", scope: "READ" },
  export: { role: "VIEWER", scope: "READ" },
} as const satisfies Record<string, Rule>;

/** Creates the check of a rule before an address that is not GraphQL. */
export function guardRoute(identity: Identity, rule: Rule): RequestHandler {
  return async (request, response, next) => {
    try {
      const { socket, headers } = request;
      check(await identity.principalOf({ socket, headers }), rule);
      next();
    } catch (error) {
      const { code, message } = databaseError(error);
      const status = code === "UNAUTHENTICATED" ? 401 : code === "FORBIDDEN" ? 403 : 503;
      response.status(status).json({
        errors: [{ message, extensions: { code, kind: errorKinds[code] } }],
      });
    }
  };
}

const tokenSchema = z.object({ token: z.string() });

/**
 * Serves signing in and out: with accounts better-auth's addresses, without them one that puts the token
 * of this machine into a cookie.
 */
export function serveAuth(app: Express, identity: Identity, isSecure: boolean): void {
  if (identity.settings.mode === "accounts") {
    const handler = toNodeHandler(identity.auth);
    app.all(`${authPath}/{*rest}`, (request, response) => {
      request.headers[callerAddressHeader] = request.ip ?? "";
      return handler(request, response);
    });
    return;
  }
  app.post(`${authPath}/local`, express.json({ limit: "1kb" }), (request, response) => {
    const given = tokenSchema.safeParse(request.body);
    if (!given.success || !identity.isLocalToken(given.data.token)) {
      const error = new OpnasError("UNAUTHENTICATED", "This is not the token of this machine.");
      const { code, kind, message } = error;
      response.status(401).json({ errors: [{ message, extensions: { code, kind } }] });
      return;
    }
    const options = { httpOnly: true, sameSite: "strict", secure: isSecure, path: "/" } as const;
    response.cookie(localCookie, given.data.token, options).json({ ok: true });
  });
}
