import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { withLock } from "./lock.mjs";
import { run } from "./run.mjs";
import { zipOf } from "./testing/zipOf.mjs";
import { unzip } from "./unzip.mjs";

let folder;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), "opnas-engine-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe("installing the native engine", () => {
  test("says within seconds that there is none where no registry can be reached", async () => {
    const { code, seconds, lines } = await install({ npm_config_registry: "http://127.0.0.1:9" });
    expect(code).toBe(3);
    expect(seconds).toBeLessThan(10);
    expect(lines.at(-1)).toMatch(/^engine: tensorflow cannot be had.*npm's registry.*ECONNREFUSED/);
  }, 30_000);

  test("does not wait for a registry that accepts the connection and never answers", async () => {
    const silent = createServer();
    await new Promise((resolve) => silent.listen(0, "127.0.0.1", () => resolve(undefined)));
    const registry = `http://127.0.0.1:${silent.address().port}`;
    const { code, seconds } = await install({ npm_config_registry: registry });
    silent.close();
    expect(code).toBe(3);
    expect(seconds).toBeLessThan(15);
  }, 30_000);

  test("does nothing if WebAssembly was asked for", async () => {
    const { code, lines } = await install({ OPNAS_ENGINE: "wasm" });
    expect(code).toBe(0);
    expect(lines).toHaveLength(1);
  });
});

test("an engine that does not exist is refused with the names of those that do", async () => {
  const { code, lines } = await install({ OPNAS_ENGINE: "webgpu" });
  expect(code).toBe(2);
  expect(lines).toEqual([
    "engine: OPNAS_ENGINE=webgpu is no engine; it may be auto, tensorflow, tensorflow-gpu, wasm",
  ]);
});

describe("a step", () => {
  const log = () => path.join(folder, "log");

  test("fails when its folder stops growing", async () => {
    const silent = run("sleep", ["60"], { log: log(), watch: folder, stall: 1 });
    await expect(silent).rejects.toThrow("nothing arrived for 1 s");
  });

  test("fails when it takes too long, and ends the processes that it started", async () => {
    const beat = path.join(folder, "beat");
    const script = `(while :; do echo x >> "${beat}"; sleep 0.05; done) & wait`;
    const endless = run("sh", ["-c", script], { log: log(), limit: 1 });
    await expect(endless).rejects.toThrow("took longer than 1 s");
    const beats = readFileSync(beat, "utf8").length;
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(readFileSync(beat, "utf8")).toHaveLength(beats);
  });

  test("fails with the line of the output that gives the reason", async () => {
    const failing = run("sh", ["-c", "echo Error: no such thing; echo more; exit 1"], {
      log: log(),
    });
    await expect(failing).rejects.toThrow("Error: no such thing");
  });
});

describe("the lock", () => {
  test("lets one holder work at a time", async () => {
    let inside = 0;
    const work = async () => {
      inside++;
      expect(inside).toBe(1);
      await new Promise((resolve) => setTimeout(resolve, 50));
      inside--;
    };
    const lock = path.join(folder, "lock");
    await Promise.all([1, 2, 3].map(() => withLock(lock, () => undefined, work)));
  });

  test("is taken over from a holder that died", async () => {
    const lock = path.join(folder, "lock");
    writeFileSync(lock, "somebody");
    const longAgo = new Date(Date.now() - 60_000);
    utimesSync(lock, longAgo, longAgo);
    await expect(
      withLock(
        lock,
        () => undefined,
        async () => "mine",
      ),
    ).resolves.toBe("mine");
  });
});

describe("unzip", () => {
  test("unpacks the wanted files to the paths asked for", async () => {
    const archive = path.join(folder, "a.whl");
    writeFileSync(archive, zipOf({ "x/packed.txt": "a".repeat(1000), "x/other.txt": "no" }));
    await unzip(archive, (name) => name.includes("packed") && path.join(folder, "out", "p.txt"));
    expect(readFileSync(path.join(folder, "out", "p.txt"), "utf8")).toBe("a".repeat(1000));
  });

  test("refuses a file that is not an archive", async () => {
    const archive = path.join(folder, "a.whl");
    writeFileSync(archive, "<html>sign in first</html>".repeat(10));
    await expect(unzip(archive, () => undefined)).rejects.toThrow("not a zip archive");
  });
});

/** @param {Record<string, string>} env */
async function install(env) {
  const script = fileURLToPath(new URL("install.mjs", import.meta.url));
  const startedAt = Date.now();
  const child = spawn(process.execPath, [script], {
    env: { ...process.env, OPNAS_ENGINE: "tensorflow", ...env, OPNAS_CACHE_DIR: folder },
    stdio: ["ignore", "pipe", "inherit"],
  });
  let output = "";
  child.stdout.on("data", (chunk) => (output += chunk));
  const code = await new Promise((resolve) => child.on("close", resolve));
  return { code, seconds: (Date.now() - startedAt) / 1000, lines: output.trim().split("\n") };
}
