import { execFileSync, fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { z } from "zod";

/** A server process that accepts GraphQL over HTTP, and over WebSocket if it is ours. */
export interface ServerProcess {
  port: number;
  /** The resident memory of the process, in MiB. */
  memory(): number;
  stop(): Promise<void>;
}

const kinds = {
  /** The API as it is started by the platform. */
  ours: "../../server/dist/main.js",
  /** Schema and resolvers of ours, served by graphql-yoga. */
  yoga: "./yoga.ts",
  /** The SQL of one page and nothing else: Node's http and pg. */
  bare: "./bare.ts",
};
export type ServerKind = keyof typeof kinds;

const readySchema = z.object({ type: z.literal("ready"), port: z.int() });

/** Starts a server in a process of its own. @throws Error if it ends before it is ready */
export async function startServerProcess(
  kind: ServerKind,
  databaseUrl: string,
): Promise<ServerProcess> {
  const file = fileURLToPath(new URL(kinds[kind], import.meta.url));
  const env = {
    ...process.env,
    DATABASE_URL: databaseUrl,
    OPNAS_API_PORT: "0",
    NODE_ENV: "production",
  };
  const child = fork(file, { env, stdio: ["ignore", "ignore", "inherit", "ipc"] });
  const ready = new Promise<number>((resolve, reject) => {
    child.on("message", (message) => {
      const said = readySchema.safeParse(message);
      if (said.success) resolve(said.data.port);
    });
    child.on("exit", () => reject(new Error(`The server ${kind} ended before it was ready.`)));
  });
  return {
    port: await ready,
    memory: () => {
      const kilobytes = execFileSync("ps", ["-o", "rss=", "-p", String(child.pid)]);
      return Math.round(Number(kilobytes.toString().trim()) / 1024);
    },
    stop: async () => {
      const ended = once(child, "exit");
      child.kill("SIGTERM");
      await ended;
    },
  };
}
