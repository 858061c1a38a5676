// The second part of npm test, on the pinned Node with every package there: engine, build, browser,
// then one stage after the other, a table, and the closing line "N passed, N failed".
import path from "node:path";
import { findBrowser } from "./browser.mjs";
import { toolEnvironment } from "./build.mjs";
import { interruptCommands } from "./command.mjs";
import { begun, prepareEngineAndBuild, root } from "./launcher.mjs";
import { runStage, selectStages, sum } from "./stages.mjs";
import { createTerminal, seconds } from "./terminal.mjs";
import { exitFor } from "./userError.mjs";

const logs = path.join(root, ".data", "logs");
const terminal = createTerminal(process.stdout);
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP", "disconnect"])
  process.on(signal, interruptCommands);

try {
  const chosen = selectStages(process.argv.slice(2));
  const env = await prepare(chosen.some(({ name }) => name === "e2e"));
  /** @type {{ title: string, result: import("./stages.mjs").Result, took: string }[]} */
  const rows = [];
  /** @param {import("./stages.mjs").Stage} stage */
  const run = async (stage) => {
    const since = Date.now();
    const result = await terminal.step(stage.title, async (progress) => {
      const found = await runStage(stage, { root, logs, env, show: terminal.line, progress });
      progress(`${found.failed === 0 ? "=" : "✗"} ${counts(found)}`);
      return found;
    });
    rows.push({ title: stage.title, result, took: seconds(since) });
  };
  for (const stage of chosen) {
    if (chosen.some(({ name }) => name === stage.beside)) continue;
    await Promise.all([stage, ...chosen.filter(({ beside }) => beside === stage.name)].map(run));
  }
  const total = sum(rows.map(({ result }) => result));
  terminal.line("");
  rows.push({ title: "All, with set-up", result: total, took: seconds(begun) });
  for (const { title, result, took } of rows) {
    const mark = result.failed === 0 ? "✓" : "✗";
    terminal.line(`${mark} ${title.padEnd(22)} ${took.padStart(8)}  ${counts(result)}`);
  }
  if (total.failures.length > 0) terminal.line("");
  for (const failure of total.failures) terminal.line(`✗ ${failure}`);
  terminal.line(`\n${total.passed} passed, ${total.failed} failed`);
  process.exit(total.failed === 0 && total.passed > 0 ? 0 : 1);
} catch (error) {
  terminal.clear();
  exitFor(error);
}

/** @param {import("./stages.mjs").Result} result */
function counts({ passed, failed, skipped }) {
  return `${passed} passed, ${failed} failed${skipped === 0 ? "" : `, ${skipped} skipped`}`;
}

/**
 * @param {boolean} withBrowser
 * @returns {Promise<NodeJS.ProcessEnv>} the environment for the stages
 */
async function prepare(withBrowser) {
  await prepareEngineAndBuild(process.env.OPNAS_ENGINE || "auto", logs, terminal);
  const env = { ...toolEnvironment(root), FORCE_COLOR: process.stdout.isTTY ? "1" : "0" };
  if (!withBrowser) return env;
  const log = path.join(logs, "browser.log");
  const browser = await terminal.step("Browser", async (progress) => {
    const found = await findBrowser(process.env, log, progress);
    progress(`= ${found}`);
    return found;
  });
  return { ...env, CHROMIUM_PATH: browser };
}
