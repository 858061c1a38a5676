import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { connect, createServer } from "node:net";
import { fileURLToPath } from "node:url";
import { testDatabase } from "@opnas/prisma/testing";
import { afterEach, expect, test } from "vitest";
import { z } from "zod";

const databaseUrl = await testDatabase();
const main = fileURLToPath(new URL("../dist/main.js", import.meta.url));
const started: ChildProcess[] = [];

afterEach(() => {
  for (const child of started.splice(0)) child.kill("SIGKILL");
});

/** The built server as the launcher starts it. */
function start(environment: Record<string, string>) {
  const child = spawn(process.execPath, [main], {
    env: { PATH: process.env["PATH"], NODE_ENV: "production", ...environment },
    stdio: ["ignore", "pipe", "pipe", "ipc"],
  });
  started.push(child);
  const output = { out: "", err: "" };
  child.stdout?.on("data", (chunk: Buffer) => (output.out += chunk.toString()));
  child.stderr?.on("data", (chunk: Buffer) => (output.err += chunk.toString()));
  return { child, output };
}

/** The messages of the process's log, which has a line of JSON for each. */
function messagesOf(text: string): string[] {
  const line = z.looseObject({
    level: z.string(),
    component: z.literal("server"),
    msg: z.string(),
  });
  const lines = text.trim().split("\n");
  return lines.map((each) => line.parse(JSON.parse(each)).msg);
}

async function ready(child: ChildProcess): Promise<number> {
  const [message] = (await once(child, "message")) as [{ type: string; port: number }];
  expect(message.type).toBe("ready");
  return message.port;
}

/** Waits for the end of a process; its exit code and how long it took. */
async function ended(child: ChildProcess): Promise<{ code: unknown; milliseconds: number }> {
  const began = performance.now();
  const [code] = (await once(child, "exit")) as [number | null];
  return { code, milliseconds: performance.now() - began };
}

test("the process reports that it is ready and its port, serves, and stops on SIGTERM", async () => {
  const { child, output } = start({ DATABASE_URL: databaseUrl, OPNAS_API_PORT: "0" });
  const port = await ready(child);
  const health = await fetch(`http://127.0.0.1:${port}/health`);
  expect(await health.json()).toEqual({ status: "ok", database: "ok" });
  child.kill("SIGTERM");
  const { code, milliseconds } = await ended(child);
  expect(code).toBe(0);
  expect(milliseconds).toBeLessThan(5_000);
  expect(messagesOf(output.out)).toEqual([
    `API ready at http://127.0.0.1:${port}/graphql`,
    "API stops: asked to.",
  ]);
  expect(output.err).toBe("");
});

test("the process stops when its launcher has ended", async () => {
  const { child } = start({ DATABASE_URL: databaseUrl, OPNAS_API_PORT: "0" });
  await ready(child);
  child.disconnect();
  expect((await ended(child)).code).toBe(0);
});

test("a taken port and a bad setting are reported in one line each, with an exit code that says whether to try again", async () => {
  const { child } = start({ DATABASE_URL: databaseUrl, OPNAS_API_PORT: "0" });
  const port = await ready(child);
  const cases: [Record<string, string>, number, string][] = [
    [
      { DATABASE_URL: databaseUrl, OPNAS_API_PORT: String(port) },
      1,
      `Port ${port} is in use. Stop the program that has it, or set OPNAS_API_PORT to another.`,
    ],
    [
      { DATABASE_URL: databaseUrl, OPNAS_API_PORT: "x" },
      78,
      "OPNAS_API_PORT must be a port number.",
    ],
  ];
  for (const [environment, code, sentence] of cases) {
    const failing = start(environment);
    expect((await ended(failing.child)).code).toBe(code);
    expect(failing.output.out).toBe("");
    expect(messagesOf(failing.output.err)).toEqual([sentence]);
  }
});

test("a database that is away is waited for, and is used once it is there", async () => {
  const { hostname, port } = new URL(databaseUrl);
  const wire = createServer((socket) => {
    const other = connect(Number(port), hostname);
    socket.pipe(other).pipe(socket);
    socket.on("error", () => other.destroy());
    other.on("error", () => socket.destroy());
  });
  wire.listen(0, "127.0.0.1");
  await once(wire, "listening");
  const { port: free } = z.object({ port: z.int() }).parse(wire.address());
  wire.close();
  await once(wire, "close");

  const url = new URL(databaseUrl);
  url.host = `127.0.0.1:${free}`;
  const { child, output } = start({ DATABASE_URL: url.href, OPNAS_API_PORT: "0" });
  const [message] = (await once(child, "message")) as [{ type: string }];
  expect(message.type).toBe("waiting");
  expect(messagesOf(output.err)[0]).toMatch(
    /^Waiting for the Postgres at 127\.0\.0\.1:\d+ \(connect ECONNREF/,
  );
  wire.listen(free, "127.0.0.1");
  const later: { type: string }[] = [];
  child.on("message", (each) => later.push(z.object({ type: z.string() }).parse(each)));
  while (!later.some(({ type }) => type === "ready")) await once(child, "message");
  child.kill("SIGTERM");
  expect((await ended(child)).code).toBe(0);
  wire.close();
});
