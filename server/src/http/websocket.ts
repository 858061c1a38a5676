import { setTimeout as sleep } from "node:timers/promises";
import type { Server } from "node:http";
import {
  type ExecutionArgs,
  type ExecutionResult,
  type FormattedExecutionResult,
  getOperationAST,
  GraphQLError,
  type GraphQLSchema,
  OperationTypeNode,
  parse,
  specifiedRules,
  validate,
  type ValidationRule,
} from "graphql";
import { makeServer } from "graphql-ws";
import { type WebSocket, WebSocketServer } from "ws";
import { z } from "zod";
import { type Caller, createContext, type Services } from "../context.js";
import { SlowReaderError } from "../events/sharedStream.js";
import { OpenSockets, unauthorizedClose } from "../identity/sockets.js";
import type { Log } from "../log.js";
import type { Metrics } from "../metrics/metrics.js";
import { nameOperation } from "../metrics/operation.js";
import { type ErrorFormatter, parseFailed, tooDeep } from "./errorFormatter.js";
import type { RowBudget } from "./budget.js";
import { callerKey } from "./caller.js";
import { excessOfCost } from "./cost.js";
import { keepDocuments } from "./documents.js";
import { maxErrors, maxMessageBytes, maxOperationsPerSocket, maxTokens } from "./limits.js";
import { basePath, belowBase, type Portal, refusal } from "./origin.js";
import type { RateLimit } from "./rateLimit.js";
import { nextMessages, relayed } from "./relay.js";
import { sharedSubscribe } from "./sharedExecutions.js";
import { bindSockets, type Connection } from "./sockets.js";
import { holdUntilEnd } from "./socketTurns.js";
import type { Subscriptions } from "./subscriptions.js";

/** The close code of a connection that is to be opened again (RFC 6455's registry: try again later). */
const tryAgainLater = 1013;

/** The milliseconds after which a client that does not answer the close is cut off. */
const closeTimeoutMilliseconds = 1_500;

/**
 * Serves GraphQL over WebSocket on the port and path of HTTP, with its limits, guards and form of
 * errors.
 * @returns a function that closes all connections with 1001 (going away), after which clients
 * connect again
 */
export function serveWebSocket(
  httpServer: Server,
  options: {
    path: string;
    portal: Portal;
    schema: GraphQLSchema;
    services: Services;
    limits: readonly ValidationRule[];
    formatError: ErrorFormatter;
    metrics: Metrics;
    rate: RateLimit;
    subscriptions: Subscriptions;
    log: Log;
  },
): () => Promise<void> {
  const { path, portal, schema, services, limits, formatError, metrics, log } = options;
  const { identity, notifications } = services;
  const known = new OpenSockets(identity, notifications, log);
  const callers = new WeakMap<WebSocket, Caller>();
  const sockets = new WebSocketServer({ noServer: true, maxPayload: maxMessageBytes });
  const format = (errors: readonly GraphQLError[]) =>
    errors.slice(0, maxErrors).map((error) => formatError(error.toJSON(), error));

  const formatted = ({ errors, ...result }: ExecutionResult): FormattedExecutionResult =>
    errors === undefined ? result : { ...result, errors: format(errors) };
  const messageOf = nextMessages(formatted);

  /** The subscriptions of each connection, as graphql-ws keeps them; queries under way are null. */
  const open = new Set<{ readonly subscriptions: Readonly<Record<string, unknown>> }>();
  metrics.watchSockets(() => ({
    connections: sockets.clients.size,
    subscriptions: [...open].flatMap((each) =>
      Object.values(each.subscriptions).filter((found) => found !== null),
    ).length,
  }));
  const checked = keepDocuments((query) => {
    const document = parseDocument(query);
    if (document instanceof GraphQLError) return [document];
    const problems = validate(schema, document, [...specifiedRules, ...limits]);
    return problems.length === 0
      ? document
      : problems.map((problem) => coded(problem, "GRAPHQL_VALIDATION_FAILED"));
  });
  /** The budget of each operation, which each message of a subscription has anew. */
  const budgets = new WeakMap<ExecutionArgs, RowBudget>();
  const closeSockets = bindSockets(
    makeServer<Record<string, unknown>, Connection>({
      schema,
      subscribe: sharedSubscribe(),
      onConnect: async (connection) => {
        const { socket, request } = connection.extra;
        const credentials = {
          socket: request.socket,
          headers: request.headers,
          bearer: bearerOf(connection.connectionParams),
        };
        const principal = await known.admit(socket, credentials);
        if (principal.role === undefined) socket.close(unauthorizedClose, "Unauthorized");
        if (socket.readyState !== socket.OPEN) return false;
        callers.set(socket, { principal, ipAddress: request.socket.remoteAddress });
        open.add(connection);
        return true;
      },
      onClose: (connection) => void open.delete(connection),
      // Parsed here, so that a request that cannot be parsed fails alone and not its connection.
      onSubscribe: async (connection, id, { query, variables, operationName }) => {
        if (Object.keys(connection.subscriptions).length > maxOperationsPerSocket)
          return [tooMany()];
        const { socket, turns } = connection.extra;
        const caller = callers.get(socket);
        if (caller === undefined)
          return [coded(new GraphQLError("Connect first."), "UNAUTHENTICATED")];
        const key = callerKey(caller);
        try {
          await options.rate.count(key);
        } catch (error) {
          if (error instanceof GraphQLError) return [error];
          throw error;
        }
        const document = checked(query);
        if (!("kind" in document)) return document;
        const excess = excessOfCost(schema, { document, operationName, variables });
        if (excess !== null) return [excess];
        if (
          getOperationAST(document, operationName)?.operation === OperationTypeNode.SUBSCRIPTION
        ) {
          const refused = options.subscriptions.open(key);
          if (refused !== null) return [refused];
          holdUntilEnd(() => options.subscriptions.close(key));
        } else {
          holdUntilEnd(await turns.take());
          // Its client has given it up or has left while it waited.
          if (!(id in connection.subscriptions)) return [new GraphQLError("given up")];
        }
        const contextValue = createContext(services, caller);
        const args = { schema, document, variableValues: variables, operationName, contextValue };
        budgets.set(args, contextValue.budget);
        return args;
      },
      onOperation: ({ extra }, id, _payload, args, result) => {
        if (!(Symbol.asyncIterator in result)) return;
        const { field } = nameOperation(args.document, args.operationName);
        const counter = metrics.fannedOut.labels({ field });
        return relayed(result, (each) => {
          budgets.get(args)?.renew();
          counter.inc();
          return extra.send(messageOf(each, id));
        });
      },
      // Results of queries; those of subscriptions are relayed.
      onNext: (_context, _id, _payload, _args, result) => formatted(result),
      onError: ({ extra }, _id, _payload, errors) => {
        const isSlow = errors.some(({ originalError }) => originalError instanceof SlowReaderError);
        // Clients connect again after this code (try again later), and subscribe again.
        if (isSlow) extra.socket.close(tryAgainLater, "It read too slowly.");
        return format(errors);
      },
    }),
    sockets,
    log,
  );

  const base = basePath(portal);
  httpServer.on("upgrade", (request, socket, head) => {
    const wrongPath = belowBase(request.url ?? "/", base).split("?")[0] !== path;
    const reason = wrongPath
      ? `WebSockets are served at ${path}.`
      : refusal(request.headers, portal);
    if (reason !== null) {
      // A client that has already left needs no answer.
      socket.on("error", () => undefined);
      socket.end(
        `HTTP/1.1 ${wrongPath ? "404 Not Found" : "403 Forbidden"}\r\nContent-Type: text/plain\r\nContent-Length: ${Buffer.byteLength(reason)}\r\nConnection: close\r\n\r\n${reason}`,
      );
      return;
    }
    sockets.handleUpgrade(request, socket, head, (webSocket) =>
      sockets.emit("connection", webSocket, request),
    );
  });

  return async () => {
    known.stop();
    const closed = closeSockets();
    const late = new AbortController();
    void sleep(closeTimeoutMilliseconds, undefined, { signal: late.signal }).then(
      () => sockets.clients.forEach((client) => client.terminate()),
      () => undefined,
    );
    await closed;
    late.abort();
  };
}

/** A client's first message may hold what HTTP has in the header Authorization. */
const firstMessageSchema = z.object({ authorization: z.string() });

function bearerOf(connectionParams: unknown): string | undefined {
  const { data } = firstMessageSchema.safeParse(connectionParams);
  return data && /^bearer +(.*)$/i.exec(data.authorization)?.[1];
}

function tooMany(): GraphQLError {
  const message = `This connection has ${maxOperationsPerSocket} operations under way: end some of them first.`;
  return coded(new GraphQLError(message), "TOO_LARGE");
}

function parseDocument(query: string) {
  try {
    return parse(query, { maxTokens: maxTokens });
  } catch (error) {
    if (error instanceof GraphQLError) return coded(error, parseFailed);
    if (error instanceof RangeError) return coded(new GraphQLError(tooDeep), parseFailed);
    throw error;
  }
}

function coded(error: GraphQLError, code: string): GraphQLError {
  return new GraphQLError(error.message, {
    nodes: error.nodes,
    source: error.source,
    positions: error.positions,
    extensions: { ...error.extensions, code },
  });
}
