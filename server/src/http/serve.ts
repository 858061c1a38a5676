import { createServer, type Server } from "node:http";
import { constants } from "node:zlib";
import { ApolloServer } from "@apollo/server";
import {
  ApolloServerPluginCacheControlDisabled,
  ApolloServerPluginLandingPageDisabled,
} from "@apollo/server/plugin/disabled";
import { ApolloServerPluginDrainHttpServer } from "@apollo/server/plugin/drainHttpServer";
import { InMemoryLRUCache } from "@apollo/utils.keyvaluecache";
import { expressMiddleware } from "@as-integrations/express5";
import { type ErrorCode, errorKinds, OpnasError } from "@opnas/core";
import compression from "compression";
import cors from "cors";
import express, { type ErrorRequestHandler, type RequestHandler } from "express";
import { type Context, createContext, type Services } from "../context.js";
import { archiveRoutes } from "../archive/routes.js";
import type { Log } from "../log.js";
import { guardRoute, routeRules, serveAuth } from "../identity/routes.js";
import { exportRoutes } from "../export/routes.js";
import { modelRoutes } from "../modelExport/routes.js";
import { apolloMetrics } from "../metrics/apolloMetrics.js";
import { createMetrics } from "../metrics/metrics.js";
import { StoredMetrics } from "../metrics/storedMetrics.js";
import { createSchema } from "../schema.js";
import type { ServerLimits } from "../settings.js";
import { callerKey } from "./caller.js";
import { cancelWithClient } from "./cancelWithClient.js";
import { createErrorFormatter } from "./errorFormatter.js";
import { explorer } from "./explorer.js";
import { fewErrors } from "./fewErrors.js";
import {
  headersMilliseconds,
  keepAliveMilliseconds,
  maxMessageBytes,
  maxPersistedBytes,
  maxTokens,
  operationLimits,
  persistedSeconds,
  uploadMilliseconds,
} from "./limits.js";
import { health, live, ready } from "./health.js";
import { checkPersistedQuery } from "./persistedQuery.js";
import { operationGuard } from "./operationGuard.js";
import { basePath, belowBase, isOfThisMachine, isPortal, type Portal, refusal } from "./origin.js";
import { ofOverload } from "./overload.js";
import type { RateLimit } from "./rateLimit.js";
import { traceRequest } from "./tracing.js";
import { sharedReads, sharedTexts } from "./sharedReads.js";
import { endSlowRequests } from "./endSlowRequests.js";
import { securityHeaders } from "./securityHeaders.js";
import { Subscriptions } from "./subscriptions.js";
import { serveWebSocket } from "./websocket.js";

const path = "/graphql";

/** The milliseconds that requests under way may still take once the server stops. */
const drainMilliseconds = 2_000;

/** An HTTP server that accepts requests. */
export interface HttpServer {
  port: number;
  /** Closes every connection and resolves once all are closed. */
  stop(): Promise<void>;
}

/**
 * Serves the API: GraphQL over HTTP and WebSocket at /graphql, and the pages for monitoring:
 * GET /health, /healthz, /readyz and /metrics; files to download at /export. On loopback a browser gets an
 * explorer at /graphql. All of it is served below the public address' path, too.
 * @throws OpnasError `PORT_TAKEN`
 */
export async function serveHttp(
  services: Services,
  options: Portal & {
    host: string;
    port: number;
    limits: ServerLimits;
    rate: RateLimit;
    log: Log;
  },
): Promise<HttpServer> {
  const { log, rate } = options;
  const { introspection } = options.limits;
  const schema = createSchema();
  const formatError = createErrorFormatter(log, ofOverload(services.notifications));
  const limits = operationLimits({ introspection });
  const metrics = createMetrics();
  const stored = new StoredMetrics(services.probe, metrics, log);
  const { identity } = services;
  // No client sends If-None-Match with a POST: hashing each answer would be for nothing.
  const app = express().disable("x-powered-by").disable("etag");
  app.set("trust proxy", [...identity.settings.trustedProxies]);
  const base = basePath(options);
  const httpServer = createServer(
    {
      headersTimeout: headersMilliseconds,
      requestTimeout: uploadMilliseconds,
      keepAliveTimeout: keepAliveMilliseconds,
    },
    (request, response) => {
      request.url = belowBase(request.url ?? "/", base);
      app(request, response);
    },
  );
  httpServer.on("connection", (socket) => identity.connected(socket));
  const apollo = new ApolloServer<Context>({
    gateway: sharedReads(schema),
    stringifyResult: sharedTexts(),
    validationRules: limits,
    parseOptions: { maxTokens: maxTokens },
    formatError,
    introspection,
    includeStacktraceInErrorResponses: false,
    persistedQueries: {
      cache: new InMemoryLRUCache({ maxSize: maxPersistedBytes, ttl: persistedSeconds }),
    },
    csrfPrevention: true,
    logger: quiet,
    stopOnTerminationSignals: false,
    plugins: [
      ApolloServerPluginLandingPageDisabled(),
      // It would wrap the resolver of every field, also of WebSockets, and no field has a hint for it.
      ApolloServerPluginCacheControlDisabled(),
      ApolloServerPluginDrainHttpServer({ httpServer, stopGracePeriodMillis: drainMilliseconds }),
      apolloMetrics(metrics),
      operationGuard(),
      fewErrors(),
    ],
  });
  await apollo.start();

  app.use(securityHeaders);
  app.use(endSlowRequests());
  app.use(guard(options));
  app.use(
    cors({
      origin: (origin, allow) => allow(null, isPortal(origin ?? "", options)),
      credentials: true,
    }),
  );
  app.get("/health", health(services));
  app.get("/healthz", live);
  app.get("/readyz", ready(services));
  serveAuth(app, identity, options, log);
  app.get("/metrics", guardRoute(identity, routeRules.metrics), async (_request, response) => {
    await stored.refresh();
    const text = await metrics.text();
    response.set("Content-Type", metrics.registry.contentType).send(text);
  });
  if (isLoopback(options.host)) app.use(path, explorer());
  app.use(
    path,
    compression({ level: constants.Z_BEST_SPEED }),
    express.json({ limit: maxMessageBytes }),
    traceRequest,
    cancelWithClient,
    expressMiddleware(apollo, {
      context: async ({ req: { socket, headers, ip, method, query, body } }) => {
        checkPersistedQuery(method === "GET" ? query : body);
        const principal = await identity.principalOf({ socket, headers });
        const caller = { principal, ipAddress: ip };
        await rate.count(callerKey(caller));
        return createContext(services, caller);
      },
    }),
  );
  app.use(archiveRoutes(services, { formatError, log }));
  app.use("/export/models", modelRoutes(services, { formatError, log }));
  app.use("/export", exportRoutes(services, { schema, formatError, log }));
  // Express' own page for an unknown address has a policy of its own.
  app.use((_request, response) => {
    const message = `Nothing is served at this address; GraphQL is at ${path}.`;
    response.status(404).json(errorBody("NOT_FOUND", message));
  });
  app.use(refuse);

  const closeWebSockets = serveWebSocket(httpServer, {
    path,
    portal: options,
    schema,
    services,
    limits,
    formatError,
    metrics,
    rate,
    subscriptions: new Subscriptions(options.limits.subscriptions),
    log,
  });
  const port = await listen(httpServer, options);
  await identity.listening(port, options.host);
  return {
    port,
    stop: async () => {
      await Promise.all([closeWebSockets(), apollo.stop()]);
    },
  };
}

/** Reports whether only programs of this machine reach an address. */
function isLoopback(host: string): boolean {
  return host === "::1" || host.startsWith("127.");
}

function guard(portal: Portal): RequestHandler {
  return (request, response, next) => {
    const reason = refusal(request.headers, portal);
    if (reason === null) {
      next();
      return;
    }
    const { origin } = request.headers;
    if (origin !== undefined && isOfThisMachine(origin)) {
      response.vary("Origin").set("Access-Control-Allow-Origin", origin);
      // Without this the browser would not send the request whose refusal tells the reason.
      if (request.method === "OPTIONS") {
        response.set("Access-Control-Allow-Headers", "content-type").status(204).end();
        return;
      }
    }
    response.status(403).json(errorBody("FORBIDDEN", reason));
  };
}

/** Answers requests that fail before GraphQL: a body that is too large or not JSON. */
const refuse: ErrorRequestHandler = (error: unknown, _request, response, next) => {
  if (response.headersSent) {
    next(error);
    return;
  }
  const type = typeof error === "object" && error !== null && "type" in error ? error.type : "";
  if (type === "entity.too.large") {
    const message = `A request may have ${maxMessageBytes / 1024} KiB; send less at once.`;
    response.status(413).json(errorBody("TOO_LARGE", message));
  } else {
    response.status(400).json(errorBody("BAD_INPUT", "The request's body is not JSON."));
  }
};

function errorBody(code: ErrorCode, message: string) {
  return { errors: [{ message, extensions: { code, kind: errorKinds[code] } }] };
}

async function listen(
  httpServer: Server,
  { host, port }: { host: string; port: number },
): Promise<number> {
  return new Promise((resolve, reject) => {
    httpServer.once("error", (error: NodeJS.ErrnoException) => {
      reject(error.code === "EADDRINUSE" ? portTaken(port, error) : error);
    });
    httpServer.listen(port, host, () => {
      const address = httpServer.address();
      resolve(typeof address === "object" && address !== null ? address.port : port);
    });
  });
}

function portTaken(port: number, cause: Error): OpnasError {
  return new OpnasError(
    "PORT_TAKEN",
    `Port ${port} is in use. Stop the program that has it, or set OPNAS_API_PORT to another.`,
    { cause },
  );
}

/** A logger that drops Apollo's own lines; errors are logged by http/errorFormatter.ts. */
const quiet = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
};
