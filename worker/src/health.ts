import { once } from "node:events";
import { createServer, type Server } from "node:http";
import { OpnasError } from "@opnas/core";

/** Pages that say how a worker is, for whatever starts it again. */
export interface HealthPages {
  /** The port that they answer on. */
  port: number;
  stop(): Promise<void>;
}

/**
 * Serves GET /healthz, which answers while the process lives and its event loop turns, and GET /readyz,
 * which is 200 once `problem` returns null and 503 with its sentence until then. On all addresses: a
 * worker in a container is asked from outside, and the pages tell nothing else.
 * @throws OpnasError `PORT_TAKEN`
 */
export async function serveHealth(
  port: number,
  problem: () => string | null,
): Promise<HealthPages> {
  const server = createServer((request, response) => {
    response.setHeader("Cache-Control", "no-store").setHeader("Content-Type", "application/json");
    if (request.url === "/healthz") response.end(JSON.stringify({ status: "ok" }));
    else if (request.url === "/readyz") {
      const reason = problem();
      response.statusCode = reason === null ? 200 : 503;
      response.end(JSON.stringify({ status: reason === null ? "ready" : "not ready", reason }));
    } else {
      response.statusCode = 404;
      response.end(JSON.stringify({ error: "There are /healthz and /readyz." }));
    }
  });
  await listen(server, port);
  const address = server.address();
  return {
    port: typeof address === "object" && address !== null ? address.port : port,
    stop: async () => {
      const closed = once(server, "close");
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

async function listen(server: Server, port: number): Promise<void> {
  try {
    server.listen(port);
    await once(server, "listening");
  } catch (error) {
    const sentence = `Port ${port} is in use. Stop the program that has it, or set OPNAS_HEALTH_PORT to another.`;
    throw error instanceof Error && "code" in error && error.code === "EADDRINUSE"
      ? new OpnasError("PORT_TAKEN", sentence, { cause: error })
      : error;
  }
}
