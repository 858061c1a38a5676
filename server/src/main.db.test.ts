import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { testDatabase } from "@opnas/prisma/testing";
import { afterEach, expect, test } from "vitest";

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
  expect(output).toEqual({
    out: `API ready at http://127.0.0.1:${port}/graphql\nAPI stops: asked to.\n`,
    err: "",
  });
});

test("the process stops when its launcher has ended", async () => {
  const { child } = start({ DATABASE_URL: databaseUrl, OPNAS_API_PORT: "0" });
  await ready(child);
  child.disconnect();
  expect((await ended(child)).code).toBe(0);
});

test("a taken port, an unreachable database and a bad setting are reported in one line each", async () => {
  const { child } = start({ DATABASE_URL: databaseUrl, OPNAS_API_PORT: "0" });
  const port = await ready(child);
  const cases: [Record<string, string>, string][] = [
    [
      { DATABASE_URL: databaseUrl, OPNAS_API_PORT: String(port) },
      `Port ${port} is in use. Stop the program that has it, or set OPNAS_API_PORT to another.\n`,
    ],
    [
      { DATABASE_URL: "postgres://postgres:secret@127.0.0.1:1/opnas" },
      "No Postgres answers at 127.0.0.1:1 (connect ECONNREFUSED 127.0.0.1:1). Start it, correct DATABASE_URL, or unset it to use the built-in one.\n",
    ],
    [{ DATABASE_URL: databaseUrl, OPNAS_API_PORT: "x" }, "OPNAS_API_PORT must be a port number.\n"],
  ];
  for (const [environment, sentence] of cases) {
    const failing = start(environment);
    expect((await ended(failing.child)).code).toBe(1);
    expect(failing.output).toEqual({ out: "", err: sentence });
  }
});
