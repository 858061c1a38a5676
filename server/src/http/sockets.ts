import type { IncomingMessage } from "node:http";
import { describeError } from "@opnas/core";
import { CloseCode, handleProtocols, type Server } from "graphql-ws";
import type { WebSocket, WebSocketServer } from "ws";
import type { Log } from "../log.js";
import { maxMessagesPerSocket, maxQueriesAtOncePerSocket, maxUnreadBytes } from "./limits.js";
import { handleHolding, Turns } from "./socketTurns.js";

/** The milliseconds between two pings; a socket whose other end has not answered by the next is dead. */
const pingMilliseconds = 12_000;

/** The milliseconds that a socket which is closed for a fault may take until it is cut off. */
const lingerMilliseconds = 2_000;

/** The properties of a connection that graphql-ws hands to its callbacks. */
export interface Connection {
  socket: WebSocket;
  request: IncomingMessage;
  /** The turns of the connection's queries and mutations. */
  turns: Turns;
  /** Sends a message, text as bytes of UTF-8, and resolves once the system has taken it or nobody is left. */
  send: (message: Buffer) => Promise<void>;
}

/**
 * Binds GraphQL over WebSocket to the sockets of a server. graphql-ws has a binding of its own; this one
 * differs where clients do harm: one that has vanished fails no write, one that does not read is cut off
 * with 1013 (try again later) once 16 MiB wait for it, and one that floods is closed with 4429. Errors
 * within the server reach its log in one line for each message.
 * @returns a function that closes all connections with 1001 (going away)
 */
export function bindSockets(
  server: Server<Connection>,
  sockets: WebSocketServer,
  log: Log,
): () => Promise<void> {
  sockets.options.handleProtocols = handleProtocols;
  sockets.on("connection", (socket, request: IncomingMessage) =>
    bind(server, socket, request, log),
  );
  return async () => {
    for (const client of sockets.clients) client.close(1001, "Going away");
    await new Promise<void>((resolve) => sockets.close(() => resolve()));
  };
}

function bind(
  server: Server<Connection>,
  socket: WebSocket,
  request: IncomingMessage,
  log: Log,
): void {
  // A frame that breaks the protocol: `ws` closes the socket with the code for it.
  socket.on("error", () => undefined);
  const stopPings = keepAlive(socket);
  let underWay = 0;
  const closed = server.opened(
    {
      protocol: socket.protocol,
      send: (text) => send(socket, text),
      close: (code, reason) => socket.close(code, reason),
      onMessage: (handle) =>
        socket.on("message", (data) => {
          if (socket.readyState !== socket.OPEN || !(data instanceof Buffer)) return;
          underWay += 1;
          if (underWay > maxMessagesPerSocket) {
            cutOff(socket, CloseCode.TooManyInitialisationRequests, "Too many messages under way");
            return;
          }
          void handleHolding(() => handle(data.toString()))
            .catch((error: unknown) => {
              if (isOfServer(error)) {
                cutOff(socket, CloseCode.BadRequest, "Invalid message received");
                return;
              }
              log.error(`A WebSocket's message failed: ${describeError(error)}`);
              cutOff(socket, CloseCode.InternalServerError, "Internal server error");
            })
            .finally(() => (underWay -= 1));
        }),
    },
    {
      socket,
      request,
      turns: new Turns(maxQueriesAtOncePerSocket),
      send: (message) => send(socket, message),
    },
  );
  socket.once("close", (code, reason) => {
    stopPings();
    closed(code, String(reason)).catch((error: unknown) =>
      log.error(`A WebSocket did not end well: ${describeError(error)}`),
    );
  });
}

/** Reports whether a client sent a message that only servers send, at which graphql-ws throws. */
function isOfServer(error: unknown): boolean {
  return error instanceof Error && error.message.startsWith("Unexpected message of type ");
}

/**
 * Sends text and resolves once the system has taken it, so that a subscription reads no further ahead
 * of a slow reader. It also resolves when the socket has ended: nobody is left to be told.
 */
function send(socket: WebSocket, text: string | Buffer): Promise<void> {
  return new Promise((resolve) => {
    if (socket.readyState !== socket.OPEN) {
      resolve();
      return;
    }
    if (socket.bufferedAmount > maxUnreadBytes) {
      cutOff(socket, 1013, "Read faster, or ask for less at once");
      resolve();
      return;
    }
    socket.send(text, { binary: false }, () => resolve());
  });
}

/** Closes a socket, and cuts it off if its other end does not read what is before the close. */
function cutOff(socket: WebSocket, code: number, reason: string): void {
  socket.close(code, reason);
  setTimeout(() => socket.terminate(), lingerMilliseconds).unref();
}

/** Ends a socket whose other end answers no ping. @returns a function that stops it */
function keepAlive(socket: WebSocket): () => void {
  let isAlive = true;
  socket.on("pong", () => (isAlive = true));
  const timer = setInterval(() => {
    if (!isAlive) {
      socket.terminate();
      return;
    }
    isAlive = false;
    if (socket.readyState === socket.OPEN) socket.ping();
  }, pingMilliseconds);
  return () => clearInterval(timer);
}
