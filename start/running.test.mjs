import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { claim, findRunning } from "./running.mjs";

const what = { command: /** @type {const} */ ("search"), portal: null, api: "http://localhost:2" };
/** @type {string} */
let folder;

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), "opnas-claim-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe("the claim on a data folder", () => {
  test("is seen while its process lives and gone when it was released", () => {
    const release = claim(folder, what);
    expect(findRunning(folder)).toMatchObject({ pid: process.pid, ...what });
    expect(() => claim(folder, what)).toThrow(/already runs on/);
    release();
    expect(findRunning(folder)).toBeUndefined();
  });

  test("of a process that was killed is taken over", async () => {
    const module = new URL("running.mjs", import.meta.url).href;
    const code = `(await import(${JSON.stringify(module)})).claim(${JSON.stringify(folder)},
      { command: "start", portal: "", api: "" }); process.kill(process.pid, "SIGKILL")`;
    await once(spawn(process.execPath, ["--input-type=module", "-e", code]), "exit");
    expect(readFileSync(path.join(folder, "platform.json"), "utf8")).toContain("start");
    expect(findRunning(folder)).toBeUndefined();
    claim(folder, what)();
  });

  test("does not mistake a later process with the same number for its owner", () => {
    const old = { pid: process.pid, bornAt: "1", ...what };
    writeFileSync(path.join(folder, "platform.json"), JSON.stringify(old));
    expect(findRunning(folder)).toBeUndefined();
  });

  test("that was cut off by a crash counts as none", () => {
    writeFileSync(path.join(folder, "platform.json"), '{"pid": 12');
    expect(findRunning(folder)).toBeUndefined();
    claim(folder, what)();
  });
});
