import { type ChildProcess, execFile, fork } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { startProxy, testDatabase } from "@opnas/prisma/testing";
import { afterAll, beforeAll, expect, test } from "vitest";
import { z } from "zod";
import { pythonVenv } from "../support/pythonVenv.js";
import { WorkerProcess } from "../support/workerProcess.js";

const client = fileURLToPath(new URL("../../clients/python", import.meta.url));
const serverMain = fileURLToPath(new URL("../../server/dist/main.js", import.meta.url));
const databaseUrl = await testDatabase();

/** Milliseconds for a machine on which pip has yet to get the packages. */
const firstTime = 1_500_000;

let python: string;
let folder: string;
let server: ChildProcess;
let worker: WorkerProcess;
let proxy: Awaited<ReturnType<typeof startProxy>>;
let control: Server;
let environment: Record<string, string>;

beforeAll(async () => {
  python = await pythonVenv(
    path.join(client, "requirements-test.txt"),
    "The packages that the Python client's tests need",
  );
  folder = await mkdtemp(path.join(tmpdir(), "opnas-python-"));
  server = fork(serverMain, {
    stdio: ["ignore", "ignore", "inherit", "ipc"],
    env: { ...process.env, DATABASE_URL: databaseUrl, OPNAS_API_PORT: "0" },
  });
  const started: unknown[] = await once(server, "message");
  const { port } = z.object({ port: z.int() }).parse(started[0]);
  worker = await WorkerProcess.start({ databaseUrl, dataFolder: folder, slots: 2 });
  const api = `http://127.0.0.1:${port}`;
  proxy = await startProxy(api);
  control = createServer(({ url }, response) => {
    if (url === "/cut") proxy.cut();
    else proxy.mend();
    response.end();
  }).listen(0, "127.0.0.1");
  await once(control, "listening");
  const address = z.object({ port: z.int() }).parse(control.address());
  environment = {
    OPNAS_TEST_API: api,
    OPNAS_TEST_PROXIED: proxy.url.replace(/\/$/, ""),
    OPNAS_TEST_CONTROL: `http://127.0.0.1:${address.port}`,
  };
}, firstTime);

afterAll(async () => {
  control.close();
  await proxy.stop();
  await worker.stop();
  const exited = once(server, "exit");
  server.kill("SIGTERM");
  await exited;
  await rm(folder, { recursive: true, force: true });
});

/** Runs a module of Python in the client's folder; its whole output is the message of a failure. */
async function runPython(words: readonly string[], env: Record<string, string> = {}) {
  return new Promise<string>((resolve, reject) => {
    const options = {
      cwd: client,
      timeout: 560_000,
      env: { ...process.env, PYTHONDONTWRITEBYTECODE: "1", ...env },
    };
    execFile(python, words, options, (error, stdout, stderr) => {
      if (error === null) resolve(stdout);
      else reject(new Error(`python ${words.join(" ")}:\n${stdout}\n${stderr}`));
    });
  });
}

test("the client's types, style and format are without a fault", async () => {
  // The types of pandas take long to read: their cache is kept with the environment.
  const cache = path.join(path.dirname(python), "..", "mypy");
  expect(await runPython(["-m", "mypy", "--cache-dir", cache])).toContain("no issues");
  await runPython(["-m", "ruff", "check", "--no-cache", "."]);
  await runPython(["-m", "ruff", "format", "--no-cache", "--check", "."]);
}, 600_000);

test("its wheel has all that it needs, and its tests pass against a live platform", async () => {
  const site = path.join(folder, "site");
  await runPython(["-m", "build", "--wheel", "--no-isolation", "--outdir", folder]);
  const [wheel = ""] = (await readdir(folder)).filter((name) => name.endsWith(".whl"));
  expect(wheel).toBe("opnas-0.1.0-py3-none-any.whl");
  const install = ["-m", "pip", "install", "--quiet", "--no-deps", "--no-index", "--target", site];
  await runPython([...install, path.join(folder, wheel)]);
  expect(await readdir(path.join(site, "opnas"))).toContain("py.typed");
  const output = await runPython(["-m", "pytest", "--quiet"], { ...environment, PYTHONPATH: site });
  expect(output).toMatch(/\d+ passed/);
}, 600_000);
