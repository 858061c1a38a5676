import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { runCommand } from "./command.mjs";
import { isInstalled, npmEnvironment, pinnedNode } from "./install.mjs";

/** @type {string} */
let root;

beforeEach(() => {
  root = mkdtempSync(path.join(tmpdir(), "opnas-install-"));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

/** @param {string} version */
const lock = (version) =>
  JSON.stringify({
    packages: { "": {}, "node_modules/zod": { version, integrity: `sha512-${version}` } },
  });

/** node_modules as `npm ci` leaves it for this lock file. @param {string} version */
function installed(version) {
  mkdirSync(path.dirname(pinnedNode(root)), { recursive: true });
  writeFileSync(pinnedNode(root), "");
  writeFileSync(path.join(root, "node_modules", ".package-lock.json"), lock(version));
}

describe("an install", () => {
  test("is needed on a fresh clone", () => {
    writeFileSync(path.join(root, "package-lock.json"), lock("4.0.0"));
    expect(isInstalled(root)).toBe(false);
  });

  test("is not needed after someone's own npm ci of the same lock file", () => {
    writeFileSync(path.join(root, "package-lock.json"), lock("4.0.0"));
    installed("4.0.0");
    expect(isInstalled(root)).toBe(true);
  });

  test("is needed when the lock file changed, also when an earlier one was recorded", () => {
    writeFileSync(path.join(root, "package-lock.json"), lock("4.0.0"));
    installed("4.0.0");
    expect(isInstalled(root)).toBe(true);
    writeFileSync(path.join(root, "package-lock.json"), lock("4.0.1"));
    expect(isInstalled(root)).toBe(false);
  });

  test("runs npm without this repository's own programs, which it is about to delete", () => {
    expect(npmEnvironment("/nowhere").PATH).toBe(process.env.PATH);
    const own = path.join(root, "node_modules", ".bin");
    const before = process.env.PATH;
    process.env.PATH = `${own}${path.delimiter}/usr/bin`;
    const { PATH } = npmEnvironment(root);
    process.env.PATH = before;
    expect(PATH).toBe("/usr/bin");
  });
});

describe("a command of a step", () => {
  /** @param {string} script */
  const shell = (script) =>
    runCommand("the build", "sh", ["-c", script], { log: path.join(root, "log"), cwd: root });

  test("gives its exit code and last lines", async () => {
    expect(await shell("echo one; echo two >&2; exit 4")).toMatchObject({ code: 4 });
  });

  test("that ran out of disk stops with one line that says so", async () => {
    const full = shell("echo 'ENOSPC: no space left on device, write' >&2; exit 1");
    await expect(full).rejects.toThrow(
      /^The disk ran full during the build: free some space and start again\.$/,
    );
  });

  test("that is not there is named", async () => {
    const absent = runCommand("the build", "no-such-program", [], {
      log: path.join(root, "log"),
      cwd: root,
    });
    await expect(absent).rejects.toThrow(
      /^the build cannot run: the program no-such-program was not found/,
    );
  });
});
