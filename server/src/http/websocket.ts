import { setTimeout as sleep } from "node:timers/promises";
import type { Server } from "node:http";
import {
  type ExecutionArgs,
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
import { WebSocketServer } from "ws";
import { createContext, type Services } from "../context.js";
import type { Log } from "../log.js";
import type { Metrics } from "../metrics/metrics.js";
import { nameOperation } from "../metrics/operation.js";
import { type ErrorFormatter, parseFailed, tooDeep } from "./errorFormatter.js";
import type { RowBudget } from "./budget.js";
import { callerKey } from "./caller.js";
import { excessOfCost } from "./cost.js";
import { maxErrors, maxMessageBytes, maxOperationsPerSocket, maxTokens } from "./limits.js";
import { type Portal, refusal } from "./origin.js";
import type { RateLimit } from "./rateLimit.js";
import { bindSockets, type Connection } from "./sockets.js";
import { holdUntilEnd } from "./socketTurns.js";
import type { Subscriptions } from "./subscriptions.js";

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
  const sockets = new WebSocketServer({ noServer: true, maxPayload: maxMessageBytes });
  const format = (errors: readonly GraphQLError[]) =>
    errors.slice(0, maxErrors).map((error) => formatError(error.toJSON(), error));

  /** The subscriptions of each connection, as graphql-ws keeps them; queries under way are null. */
  const open = new Set<{ readonly subscriptions: Readonly<Record<string, unknown>> }>();
  metrics.watchSockets(() => ({
    connections: sockets.clients.size,
    subscriptions: [...open].flatMap((each) =>
      Object.values(each.subscriptions).filter((found) => found !== null),
    ).length,
  }));
  /** The budget of each operation, which each message of a subscription has anew. */
  const budgets = new WeakMap<ExecutionArgs, RowBudget>();
  const closeSockets = bindSockets(
    makeServer<Record<string, unknown>, Connection>({
      schema,
      onConnect: (connection) => void open.add(connection),
      onClose: (connection) => void open.delete(connection),
      // Parsed here, so that a request that cannot be parsed fails alone and not its connection.
      onSubscribe: async (connection, id, { query, variables, operationName }) => {
        if (Object.keys(connection.subscriptions).length > maxOperationsPerSocket)
          return [tooMany()];
        const { request, turns } = connection.extra;
        const caller = { address: request.socket.remoteAddress ?? "" };
        const key = callerKey(caller);
        try {
          await options.rate.count(key);
        } catch (error) {
          if (error instanceof GraphQLError) return [error];
          throw error;
        }
        const document = parseDocument(query);
        if (document instanceof GraphQLError) return [document];
        const problems = validate(schema, document, [...specifiedRules, ...limits]);
        if (problems.length > 0)
          return problems.map((problem) => coded(problem, "GRAPHQL_VALIDATION_FAILED"));
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
      onNext: (_context, _id, _payload, args, result) => {
        budgets.get(args)?.renew();
        const { document, operationName } = args;
        const { type, field } = nameOperation(document, operationName);
        if (type === "subscription") metrics.fannedOut.inc({ field });
        return result.errors === undefined
          ? undefined
          : { ...result, errors: format(result.errors) };
      },
      onError: (_context, _id, _payload, errors) => format(errors),
    }),
    sockets,
    log,
  );

  httpServer.on("upgrade", (request, socket, head) => {
    const wrongPath = request.url?.split("?")[0] !== path;
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
