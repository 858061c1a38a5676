import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { packages, sourceState } from "./build.mjs";
import { selectStages, stages, sum } from "./stages.mjs";

/** @type {string} */
let root;

beforeEach(() => {
  root = mkdtempSync(path.join(tmpdir(), "opnas-build-"));
  for (const file of ["package.json", "package-lock.json", "turbo.json", "tsconfig.base.json"]) {
    writeFileSync(path.join(root, file), "{}");
  }
  for (const name of packages) mkdirSync(path.join(root, name, "src"), { recursive: true });
  writeFileSync(path.join(root, "core", "src", "a.ts"), "1");
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

describe("the state of the sources", () => {
  test("stays the same while nothing is changed", () => {
    expect(sourceState(root)).toBe(sourceState(root));
  });

  test("changes with a source, not with a test or what a build makes", () => {
    const before = sourceState(root);
    writeFileSync(path.join(root, "core", "src", "a.test.ts"), "test");
    mkdirSync(path.join(root, "core", "dist"));
    writeFileSync(path.join(root, "core", "dist", "a.js"), "built");
    expect(sourceState(root)).toBe(before);
    writeFileSync(path.join(root, "core", "src", "a.ts"), "12");
    expect(sourceState(root)).not.toBe(before);
  });
});

describe("the stages of npm test", () => {
  test("are all run unless some are named", () => {
    expect(selectStages([])).toEqual(stages);
    expect(selectStages(["e2e", "unit"]).map(({ name }) => name)).toEqual(["unit", "e2e"]);
    expect(() => selectStages(["everything"])).toThrow(
      /no test stage everything; the stages are static, start, unit/,
    );
  });

  test("are summed up for the closing line", () => {
    const results = [
      { passed: 2, failed: 0, skipped: 1, failures: [] },
      { passed: 3, failed: 1, skipped: 0, failures: ["fold.test.mjs: a line: Error: lost"] },
    ];
    expect(sum(results)).toEqual({
      passed: 5,
      failed: 1,
      skipped: 1,
      failures: ["fold.test.mjs: a line: Error: lost"],
    });
  });
});
