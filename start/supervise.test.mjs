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

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), "opnas-supervise-"));
  started = [];
  said = [];
});
afterEach(async () => {
  await Promise.all(started.map((each) => each.stop(true)));
  rmSync(folder, { recursive: true, force: true });
});

/**
 * @param {string} code a program that runs as a supervised process
 * @param {Partial<import("./supervise.mjs").Limits>} [limits]
 */
function supervise(code, limits) {
  const file = path.join(folder, "program.mjs");
  writeFileSync(file, code);
  const child = new Supervised({
    name: "worker",
    args: [file],
    cwd: folder,
    env: process.env,
    log: path.join(folder, "worker.log"),
    say: (line) => said.push(line),
    limits,
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

/** Pauses that make nine restarts quick. */
const short = { firstPause: 10, longestPause: 50 };
/** The beginning of a program that counts its starts. */
const count = `import { appendFileSync, readFileSync } from "node:fs";
  appendFileSync("starts", "x");
  const starts = readFileSync("starts", "utf8").length;`;

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

  test("that logs lines of JSON shows their messages, first lines only; the log has all of it", async () => {
    const line = JSON.stringify({ level: "error", run: "r", msg: "it broke\\n    at stack" });
    const child = supervise(`${lives} console.error('${line}'); console.error("{ no JSON");`);
    await child.ready;
    await until(() => said.length > 1);
    expect(said).toEqual(["worker: it broke", "worker: { no JSON"]);
    await child.stop();
    expect(readFileSync(path.join(folder, "worker.log"), "utf8")).toMatch(/"run":"r"/);
  });

  test("is started again after kill -9", async () => {
    const pids = path.join(folder, "pids");
    const child = supervise(
      `import { appendFileSync } from "node:fs";
      appendFileSync("pids", process.pid + "\\n"); ${lives}`,
    );
    const first = Number((await child.ready).pid);
    process.kill(first, "SIGKILL");
    await until(() => readFileSync(pids, "utf8").split("\n").length > 2);
    expect(said).toContain("worker ended (SIGKILL); starting it again in 0.5 s");
    expect(isAlive(first)).toBe(false);
  });

  test("that was never ready is given up after five quick ends, with its last lines of output", async () => {
    const child = supervise(`console.error("the engine is broken"); process.exit(3);`, short);
    const error = await child.ready.catch((/** @type {Error} */ reason) => reason);
    expect(error.message).toMatch(/^The worker ended 5 times in a row \(exit code 3\)/);
    expect(error.message).toMatch(/\n {4}the engine is broken/);
  });

  test("that was ready once is started again however often it ends", async () => {
    const child = supervise(
      `${count}
      if (starts === 1 || starts === 9) process.send({ type: "ready" });
      if (starts === 9) { console.error("it runs again"); setInterval(() => {}, 1000); }
      else setTimeout(() => process.exit(3), 20);`,
      short,
    );
    await child.ready;
    await until(() => said.includes("worker: it runs again"));
  });

  test("that only waits for something is started again however often it ends", async () => {
    const child = supervise(
      `${count}
      if (starts < 8) process.exit(75);
      process.send({ type: "ready", starts }); setInterval(() => {}, 1000);`,
      short,
    );
    expect(await child.ready).toMatchObject({ starts: 8 });
  });

  test("that says that it waits is given more time to become ready", async () => {
    const child = supervise(
      `process.send({ type: "waiting" });
      const again = setInterval(() => process.send({ type: "waiting" }), 100);
      setTimeout(() => { clearInterval(again); process.send({ type: "ready" }); }, 3_000);`,
      { ready: 2_000 },
    );
    expect(await child.ready).toMatchObject({ type: "ready" });
  });

  test("that cannot go on is given up alone, whatever it was before", async () => {
    const child = supervise(
      `${count}
      if (starts > 1) { console.error("a setting is wrong"); process.exit(78); }
      process.send({ type: "ready" }); setTimeout(() => process.exit(1), 20);`,
      short,
    );
    await child.ready;
    await until(() => said.some((line) => line.startsWith("The worker cannot go on")));
    expect(said.at(-1)).toMatch(/was given up; all else goes on.*\n {4}a setting is wrong$/s);
    await expect(supervise("process.exit(78)").ready).rejects.toThrow(/^The worker cannot go on/);
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
      env: process.env, log: ${JSON.stringify(path.join(folder, "worker.log"))}, say() {} }`;
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
