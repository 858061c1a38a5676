import { execFile } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { freePort } from "@opnas/prisma/embedded";
import { claim } from "./running.mjs";

const program = fileURLToPath(new URL("start.mjs", import.meta.url));
/** @type {string} */
let folder;

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), "opnas-start-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/**
 * A real `npm start` that is bound to fail before its long steps.
 *
 * @param {NodeJS.ProcessEnv} env
 * @returns {Promise<{ code: unknown, stderr: string, stdout: string }>}
 */
async function start(env) {
  const ports = {
    OPNAS_API_PORT: String(await freePort()),
    OPNAS_WEB_PORT: String(await freePort()),
  };
  const own = { OPNAS_DATA_DIR: path.join(folder, "data"), DATABASE_URL: "", ...ports };
  return new Promise((resolve) => {
    const options = { env: { ...process.env, ...own, ...env }, timeout: 30_000 };
    execFile(process.execPath, [program], options, (error, stdout, stderr) => {
      resolve({ code: error?.code ?? 0, stdout, stderr });
    });
  });
}

/** @param {{ code: unknown, stderr: string, stdout: string }} result @param {RegExp} message */
function expectOneLine(result, message) {
  expect(result.stderr).toMatch(message);
  expect(result.stderr.trim().split("\n")).toHaveLength(1);
  expect(result.stdout).toBe("");
  expect(result.code).toBe(1);
}

describe("npm start stops with one line that says what and what to do, when", () => {
  test("a port is taken, naming a free one", async () => {
    const other = createServer();
    const port = await new Promise((resolve) => {
      other.listen(0, "127.0.0.1", () => {
        const address = other.address();
        resolve(typeof address === "object" && address !== null ? address.port : 0);
      });
    });
    const result = await start({ OPNAS_WEB_PORT: String(port) });
    other.close();
    expectOneLine(
      result,
      new RegExp(`^✗ Port ${port} for the portal is taken .*: OPNAS_WEB_PORT=\\d+ npm start$`, "m"),
    );
  });

  test("the data folder lies below a file", async () => {
    writeFileSync(path.join(folder, "file"), "");
    const result = await start({ OPNAS_DATA_DIR: path.join(folder, "file", "data") });
    expectOneLine(
      result,
      /^✗ The data folder .* cannot be written \(a file is in its way\): .*OPNAS_DATA_DIR/,
    );
  });

  test.runIf(process.platform === "linux")("no folder can be made there", async () => {
    expectOneLine(
      await start({ OPNAS_DATA_DIR: "/proc/opnas" }),
      /^✗ The data folder \/proc\/opnas cannot be written/,
    );
  });

  test("a setting is bad", async () => {
    expectOneLine(
      await start({ OPNAS_ENGINE: "abacus" }),
      /^✗ OPNAS_ENGINE is "abacus": it must be auto, /,
    );
  });

  test("an engine is asked for that does not exist, naming those that do", async () => {
    expectOneLine(
      await start({ OPNAS_ENGINE: "webgpu" }),
      /^✗ OPNAS_ENGINE is "webgpu": it must be auto, tensorflow-gpu, tensorflow or wasm\.$/m,
    );
  });

  test("a setting is unknown", async () => {
    expectOneLine(
      await start({ OPNAS_ENGIN: "wasm" }),
      /^✗ OPNAS_ENGIN is not a setting .* did you mean OPNAS_ENGINE\?/,
    );
  });

  test("DATABASE_URL does not answer", async () => {
    const url = `postgresql://me:secret@127.0.0.1:${await freePort()}/mine`;
    const result = await start({ DATABASE_URL: url });
    expectOneLine(
      result,
      /^✗ No Postgres answers at 127\.0\.0\.1:\d+ \(DATABASE_URL\): start it, correct/,
    );
    expect(result.stderr).not.toContain("secret");
  });

  test("another one runs on the same data folder, naming its addresses", async () => {
    const what = {
      command: /** @type {const} */ ("start"),
      portal: "http://localhost:1",
      api: "http://localhost:2",
    };
    const release = claim(folder, what); // by this process, which lives
    const result = await start({ OPNAS_DATA_DIR: folder });
    release();
    expectOneLine(
      result,
      /^✗ The platform already runs on .*portal http:\/\/localhost:1, API http:\/\/localhost:2/,
    );
  });
});

test.each([
  [
    ["--artifacts", "s3://b"],
    /^✗ --database URL is missing: npm run worker -- --help tells more\.\n$/,
  ],
  [["--database", "postgresql://u@h/d"], /^✗ --artifacts URL is missing/],
  [["--databse", "x"], /^✗ Unknown option '--databse'/],
])("npm run worker %j says what is wrong", async (args, message) => {
  const worker = fileURLToPath(new URL("worker.mjs", import.meta.url));
  const env = { ...process.env, OPNAS_DATA_DIR: folder, DATABASE_URL: "", OPNAS_ARTIFACTS: "" };
  const result = await new Promise((resolve) => {
    execFile(process.execPath, [worker, ...args], { env }, (error, stdout, stderr) =>
      resolve({ code: error?.code, stdout, stderr }),
    );
  });
  expect(result).toMatchObject({ code: 2, stdout: "", stderr: expect.stringMatching(message) });
});
