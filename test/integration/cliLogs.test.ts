/** The commands of `opnas` that read what happened, on a real API, Postgres and log files. */
import { appendFile, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { testDatabase } from "@opnas/prisma/testing";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { startCommandLine } from "../support/commandLine.js";

const databaseUrl = await testDatabase();
const { run, stop } = await startCommandLine(databaseUrl);
const folder = await mkdtemp(path.join(tmpdir(), "opnas-cli-logs-"));
let id: string;

beforeAll(async () => {
  vi.stubEnv("OPNAS_DATA_DIR", folder);
  id = await output("search", "start", "--preset", "smoke", "--seed", "3", "--detach");
});
afterAll(async () => {
  vi.unstubAllEnvs();
  await stop();
  await rm(folder, { recursive: true });
});

async function output(...words: string[]): Promise<string> {
  const { code, stdout, stderr } = await run(words);
  expect({ words, code, stderr }).toMatchObject({ code: 0 });
  return stdout.trim();
}

test("a run's log is sentences, followed while the run goes on, and chosen by level", async () => {
  expect(await output("logs", id)).toMatch(/^\S+Z {2}info {3}created as .*, preset smoke, seed 3$/);
  await output("pause", id);
  expect((await output("logs", id, "--lines", "1")).split("\n")).toEqual([
    expect.stringMatching(/info {3}is paused/),
  ]);
  expect(await output("logs", id, "--level", "warn")).toBe("");
  expect(JSON.parse(await output("logs", id, "--lines", "1", "--json"))).toMatchObject({
    kind: "run.status",
    payload: { status: "PAUSED" },
  });
  let seen = "";
  const followed = await run(["logs", id, "--follow"], (child) => {
    child.stdout?.on("data", (text) => {
      seen += String(text);
      if (seen.includes("is queued")) child.kill("SIGINT");
      else if (seen.includes("is paused")) void run(["resume", id]);
    });
  });
  expect(followed.code).toBe(130);
  expect(followed.stdout.match(/created as|is paused|is queued/g)).toEqual([
    "created as",
    "is paused",
    "is queued",
  ]);
});

test("processes' logs are listed, read and followed; an unknown one is refused", async () => {
  expect(await output("logs")).toBe("");
  const logs = path.join(folder, "logs");
  await mkdir(logs);
  const file = path.join(logs, "worker.log");
  const line = (level: string, msg: string, more: Record<string, string> = {}) =>
    `${JSON.stringify({ level, time: "2026-01-31T12:00:00.000Z", msg, ...more })}\n`;
  await writeFile(file, line("info", "ready") + line("warn", "slow", { run: id, job: "superNet" }));
  expect(await output("logs")).toBe("worker");
  const slow = `2026-01-31T12:00:00.000Z  warn   slow (${id}, superNet)`;
  expect(await output("logs", "worker", "--about", id)).toBe(slow);
  expect(await output("logs", "worker", "--level", "warn")).toBe(slow);
  const followed = await run(["logs", "worker", "--lines", "1", "--follow"], (child) => {
    let seen = "";
    child.stdout?.on("data", (text) => {
      seen += String(text);
      if (seen.includes("more")) child.kill("SIGINT");
      else void appendFile(file, line("error", "more \u001b[2J"));
    });
  });
  expect(followed.code).toBe(130);
  expect(followed.stdout).toContain("error  more ");
  expect(followed.stdout).not.toContain("\u001b");
  const unknown = await run(["logs", "portal"]);
  expect(unknown).toMatchObject({ code: 2 });
  expect(unknown.stderr).toMatch(/There is no log portal in .*; there are: worker\./);
  expect(await run(["logs", id, "--about", id])).toMatchObject({ code: 2 });
});

test("the audit log is read by pages, and as CSV", async () => {
  await output("tag", id, "paper");
  expect(await output("audit", "--first", "1")).toMatch(/tag +[0-9a-f-]{36} +OK|tag.*ok/i);
  const { stdout, stderr } = await run(["audit", "--first", "1", "--csv"]);
  expect(stdout).toMatch(/^time,who,from,action,about,outcome\n\S+,[^\n]*,tag,/);
  const [, after = ""] = /More: --after (\S+)/.exec(stderr) ?? [];
  expect(await output("audit", "--first", "1", "--after", after)).toContain("resumeSearch");
  expect(await output("audit", "--json")).toContain('"action": "startSearch"');
});
