import { mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, expect, test } from "vitest";
import { makeFolder } from "./makeFolder.js";

const work = mkdtempSync(path.join(tmpdir(), "opnas-make-folder-"));
afterAll(() => rmSync(work, { recursive: true }));

test("folders are made where they are missing, with the rights that are asked for", () => {
  makeFolder(path.join(work, "a", "b"), 0o700);
  makeFolder(path.join(work, "a", "b"));
  expect(statSync(path.join(work, "a")).mode & 0o777).toBe(0o700);
});

test("a folder below a file or below /proc is refused, at once", () => {
  writeFileSync(path.join(work, "file"), "");
  expect(() => makeFolder(path.join(work, "file", "below"))).toThrow("ENOTDIR");
  expect(() => makeFolder("/proc/x/y")).toThrow();
});
