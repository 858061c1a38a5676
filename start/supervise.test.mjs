import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { tmpdir } from "node:os";
import path from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { Supervised } from "./supervise.mjs";

/** @type {string} */
let folder;
/** @type {Supervised[]} */
let started;
/** @type {string[]} */
let said;
/** @type {Error[]} */
let givenUp;

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), "opnas-supervise-"));
  started = [];
  said = [];
  givenUp = [];
});
afterEach(async () => {
  await Promise.all(started.map((each) => each.stop(true)));
  rmSync(folder, { recursive: true, force: true });
});

/** @param {string} code a program that runs as a supervised process */
function supervise(code) {
  const file = path.join(folder, "program.mjs");
  writeFileSync(file, code);
  const child = new Supervised({
    name: "worker",
    args: [file],
    cwd: folder,
    env: process.env,
    log: path.join(folder, "worker.log"),
    say: (line) => said.push(line),
    onGivenUp: (error) => givenUp.push(error),
  });
  started.push(child);
  return child;
}

/** @param {() => boolean} condition */
async function until(condition) {
  for (let tries = 0; !condition(); tries += 1) {
    if (tries > 400) throw new Error(`it did not happen within 20 s; said: ${said.join(" | ")}`);
    await sleep(50);
  }
}

/** @param {number} pid */
function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

const lives = `process.send({ type: "ready", pid: process.pid }); setInterval(() => {}, 1000);
  process.on("disconnect", () => process.exit(0));`;

describe("a supervised process", () => {
  test("reports when it is ready, shows its warnings and keeps its log", async () => {
    const child = supervise(`${lives} console.log("ordinary"); console.error("a warning");`);
    expect(await child.ready).toMatchObject({ type: "ready" });
    await until(() => said.length > 0);
    expect(said).toEqual(["worker: a warning"]);
    await child.stop();
    const log = readFileSync(path.join(folder, "worker.log"), "utf8");
    expect(log).toMatch(/ordinary\n/);
    expect(log).toMatch(/a warning\n/);
  });

  test("is started again after kill -9", async () => {
    const child = supervise(`${lives} console.error("process " + process.pid);`);
    const first = Number((await child.ready).pid);
    process.kill(first, "SIGKILL");
    const isLater = (/** @type {string} */ line) =>
      line.startsWith("worker: process") && line !== `worker: process ${first}`;
    await until(() => said.some(isLater));
    expect(said).toContain("worker ended (SIGKILL); starting it again in 0.5 s");
    expect(isAlive(first)).toBe(false);
  });

  test("is given up after five quick ends in a row, with its last lines of output", async () => {
    supervise(`console.error("the engine is broken"); process.exit(3);`);
    await until(() => givenUp.length > 0);
    expect(givenUp[0]?.message).toMatch(/^The worker ended 5 times in a row \(exit code 3\)/);
    expect(givenUp[0]?.message).toMatch(/\n {4}the engine is broken/);
  });

  test("that ignores SIGTERM is killed within seconds, with the process it had started", async () => {
    const child = supervise(`import { spawn } from "node:child_process";
      const inner = spawn("sleep", ["600"]);
      process.on("SIGTERM", () => {});
      process.send({ type: "ready", inner: inner.pid }); setInterval(() => {}, 1000);`);
    const inner = Number((await child.ready).inner);
    expect(isAlive(inner)).toBe(true);
    const since = Date.now();
    await child.stop();
    expect(Date.now() - since).toBeLessThan(8_000);
    await until(() => !isAlive(inner));
  });

  test("ends when the launcher is killed with -9", async () => {
    const program = path.join(folder, "program.mjs");
    writeFileSync(program, lives);
    const options = `{ name: "worker", args: [${JSON.stringify(program)}], cwd: ${JSON.stringify(folder)},
      env: process.env, log: ${JSON.stringify(path.join(folder, "worker.log"))}, say() {}, onGivenUp() {} }`;
    const module = new URL("supervise.mjs", import.meta.url).href;
    const code = `const { Supervised } = await import(${JSON.stringify(module)});
      console.log((await new Supervised(${options}).ready).pid);`;
    const launcher = spawn(process.execPath, ["--input-type=module", "-e", code], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    const [line] = await once(createInterface(launcher.stdout), "line");
    expect(isAlive(Number(line))).toBe(true);
    launcher.kill("SIGKILL");
    await until(() => !isAlive(Number(line)));
  });
});
