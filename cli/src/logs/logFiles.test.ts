import { appendFile, mkdtemp, rename, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { LogFile, logFile, logNames } from "./logFiles.js";
import { isWanted, readable } from "./processLine.js";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "opnas-logs-"));
});
afterAll(() => rm(folder, { recursive: true }));

const line = (msg: string, more: Record<string, unknown> = {}) =>
  JSON.stringify({ level: "info", time: "2026-01-31T12:00:00.000Z", msg, ...more });

test("logs are known by name, and an unknown one is refused with those that there are", async () => {
  await writeFile(path.join(folder, "worker.log"), "");
  await writeFile(path.join(folder, "worker.log.1"), "");
  await writeFile(path.join(folder, "api-token"), "");
  expect(await logNames(folder)).toEqual(["worker"]);
  expect(await logFile(folder, "worker")).toBe(path.join(folder, "worker.log"));
  await expect(logFile(folder, "../api-token")).rejects.toThrow(/there are: worker/);
  expect(await logNames(path.join(folder, "none"))).toEqual([]);
});

const all = () => true;

async function lastLines(file: string, count: number, wanted: (line: string) => boolean) {
  const log = await LogFile.open(file);
  const lines = await log.lastLines(count, wanted);
  await log.close();
  return lines;
}

test("the last lines are read over the place where a log was begun anew", async () => {
  const file = path.join(folder, "long.log");
  await writeFile(`${file}.1`, Array.from({ length: 300 }, (_, n) => `a${n}\n`).join(""));
  await writeFile(file, "b0\nb1\n");
  expect(await lastLines(file, 3, all)).toEqual(["a299", "b0", "b1"]);
  expect(await lastLines(file, 2, (each) => each.endsWith("7"))).toEqual(["a287", "a297"]);
});

test("a followed log gives every new line once, also after it was begun anew", async () => {
  const file = path.join(folder, "followed.log");
  await writeFile(file, "old\non");
  const leaving = new AbortController();
  const log = await LogFile.open(file);
  const lines = await log.lastLines(10, all);
  await appendFile(file, "e\ntw");
  const following = log.follow(leaving.signal);
  const next = async () => {
    const added = await following.next();
    if (added.done !== true) lines.push(added.value);
  };
  await next();
  const second = next();
  await appendFile(file, "o\nthree\n");
  await second;
  await next();
  const fourth = next();
  await appendFile(file, "four\n");
  await rename(file, `${file}.1`);
  await writeFile(file, "five\n");
  await fourth;
  await next();
  leaving.abort();
  expect((await following.next()).done).toBe(true);
  await log.close();
  expect(lines).toEqual(["old", "one", "two", "three", "four", "five"]);
});

test("a log that is begun anew while it is read is not read twice", async () => {
  const file = path.join(folder, "turned.log");
  await writeFile(file, "one\n");
  const log = await LogFile.open(file);
  await rename(file, `${file}.1`);
  await writeFile(file, "two\n");
  expect(await log.lastLines(10, all)).toEqual(["one"]);
  const following = log.follow(new AbortController().signal);
  expect((await following.next()).value).toBe("two");
  await log.close();
});

test("lines are chosen by level and by what they are about, and shown readably", () => {
  const warning = line("The disk is full.", { level: "warn", run: "r", job: "superNet" });
  expect(isWanted(warning, { level: "warn" })).toBe(true);
  expect(isWanted(line("ready"), { level: "warn" })).toBe(false);
  expect(isWanted(warning, { about: "r" })).toBe(true);
  expect(isWanted(warning, { about: "s" })).toBe(false);
  expect(isWanted("a line of a library", {})).toBe(true);
  expect(isWanted("a line of a library", { level: "trace" })).toBe(false);
  expect(readable(warning)).toBe(
    "2026-01-31T12:00:00.000Z  warn   The disk is full. (r, superNet)",
  );
  expect(readable("a line of a library")).toBe("a line of a library");
  expect(readable("{broken")).toBe("{broken");
});
