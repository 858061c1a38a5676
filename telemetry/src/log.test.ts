import { execFile } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import { afterAll, expect, test } from "vitest";
import { z } from "zod";

const run = promisify(execFile);
const folder = mkdtempSync(path.join(tmpdir(), "opnas-log-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const built = new URL("../dist/index.js", import.meta.url).href;
const lineSchema = z.looseObject({ time: z.iso.datetime(), level: z.string(), msg: z.string() });
const linesOf = (text: string) =>
  text
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => lineSchema.parse(JSON.parse(line)));

/** Runs a program in a process of its own, whose output is no terminal. */
async function output(program: string, level = "") {
  const file = path.join(folder, "program.mjs");
  writeFileSync(file, `import * as log from ${JSON.stringify(built)};\n${program}`);
  const { stdout, stderr } = await run(process.execPath, [file], {
    env: { ...process.env, OPNAS_LOG_LEVEL: level },
  });
  return { out: linesOf(stdout), err: linesOf(stderr) };
}

test("lines are JSON with time, level, component and the fields of the work around them", async () => {
  const { out, err } = await output(`
    log.routeConsole(log.createLog("worker", process.env.OPNAS_LOG_LEVEL));
    const job = async () => {
      console.log("claimed %d", 3);
      log.addLogFields({ attempt: 2 });
      await null;
      console.error("it failed:", new Error("why"));
    };
    const two = ["one", "two"].map((run) => log.withLogFields({ run, job: "superNet" }, job));
    await Promise.all(two);
    console.warn("alone");
    process.exit(0);
  `);
  const common = { component: "worker", job: "superNet" };
  expect(out).toEqual([
    expect.objectContaining({ ...common, level: "info", run: "one", msg: "claimed 3" }),
    expect.objectContaining({ ...common, level: "info", run: "two", msg: "claimed 3" }),
  ]);
  expect(err.map(({ level, run: of, attempt }) => [level, of, attempt])).toEqual([
    ["error", "one", 2],
    ["error", "two", 2],
    ["warn", undefined, undefined],
  ]);
  expect(err[0]?.msg).toMatch(/^it failed: Error: why\n {4}at /);
});

test("the level leaves lines out, and one that is none counts as info", async () => {
  const program = `
    const to = log.createLog("server", process.env.OPNAS_LOG_LEVEL);
    to.debug("debug"); to.info("info"); to.error("error"); to.warn("warn");
  `;
  const told = async (level: string) => {
    const { out, err } = await output(program, level);
    return [...out, ...err].map(({ msg }) => msg);
  };
  expect(await told("debug")).toEqual(["debug", "info", "error", "warn"]);
  expect(await told("warn")).toEqual(["error", "warn"]);
  expect(await told("loud")).toEqual(["info", "error", "warn"]);
});
