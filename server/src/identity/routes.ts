import { errorKinds, OpnasError } from "@opnas/core";
import { databaseError } from "@opnas/prisma";
import { toNodeHandler } from "better-auth/node";
import type { Express, RequestHandler } from "express";
import express from "express";
import { z } from "zod";
import { basePath, type Portal } from "../http/origin.js";
import type { Log } from "../log.js";
import { authPath, callerAddressHeader } from "./auth.js";
import { check } from "./guard.js";
import { type Identity, localCookie } from "./identity.js";
import type { Rule } from "./rules.js";
import type { OidcSettings } from "./settings.js";
import { requireProvider } from "./singleSignOn.js";

/** The rules of addresses that are not GraphQL; those of health and readiness are open to anybody. */
export const routeRules = {
  metrics: { role: "VIEWER", scope: "READ" },
  export: { role: "VIEWER", scope: "READ" },
  audit: { role: "ADMIN", scope: "ADMIN" },
  importRun: { role: "RESEARCHER", scope: "WRITE" },
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

/** Creates the check of the provider before a person is sent there; better-auth would name no reason. */
function guardProvider(oidc: OidcSettings, log: Log): RequestHandler {
  let checking: Promise<void> | undefined;
  return async (_request, response, next) => {
    try {
      // Whoever sends many requests makes one at the provider at a time.
      checking ??= requireProvider(oidc, log).finally(() => (checking = undefined));
      await checking;
      next();
    } catch (error) {
      if (!(error instanceof OpnasError)) throw error;
      response.status(502).json({ code: error.code, message: error.message });
    }
  };
}

const tokenSchema = z.object({ token: z.string() });

/**
 * Serves signing in and out: with accounts better-auth's addresses, without them one that puts the token
 * of this machine into a cookie.
 */
export function serveAuth(app: Express, identity: Identity, portal: Portal, log: Log): void {
  const { mode, oidc } = identity.settings;
  const base = basePath(portal);
  if (mode === "accounts") {
    if (oidc !== undefined) app.post(`${authPath}/sign-in/social`, guardProvider(oidc, log));
    const handler = toNodeHandler(identity.auth);
    app.all(`${authPath}/{*rest}`, (request, response) => {
      request.headers[callerAddressHeader] = request.ip ?? "";
      // Better-auth finds its addresses below the public one, from which it also makes links.
      request.url = `${base}${request.url}`;
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
    const secure = portal.publicUrl?.startsWith("https:") === true;
    const options = { httpOnly: true, sameSite: "strict", secure, path: base || "/" } as const;
    response.cookie(localCookie, given.data.token, options).json({ ok: true });
  });
}
