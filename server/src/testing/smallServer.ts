import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { z } from "zod";

/** The heap of a small server in megabytes, of which the server itself takes about 80. */
export const heapMegabytes = 160;

/** A server in a process of its own, whose heap holds little. */
export interface SmallServer {
  port: number;
  child: ChildProcess;
}

const main = fileURLToPath(new URL("../../dist/main.js", import.meta.url));
const readyForm = z.tuple([z.object({ port: z.int() })]).rest(z.unknown());

/** Starts a built server that ends by itself when what it holds grows with the rows that pass through it. */
export async function smallServer(databaseUrl: string): Promise<SmallServer> {
  const child = spawn(process.execPath, [`--max-old-space-size=${heapMegabytes}`, main], {
    env: { PATH: process.env["PATH"], DATABASE_URL: databaseUrl, OPNAS_API_PORT: "0" },
    stdio: ["ignore", "ignore", "inherit", "ipc"],
  });
  const [{ port }] = readyForm.parse(await once(child, "message"));
  return { port, child };
}
