import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { runCommand } from "./command.mjs";
import { UserError } from "./userError.mjs";

/**
 * @typedef {object} Result
 * @property {number} passed
 * @property {number} failed
 * @property {number} skipped
 *
 * @typedef {{ name: string, title: string, beside?: string } & ({ tests: string[] } | { checks: [string, ...string[]][] })} Stage
 *   tests: vitest projects; checks: programs that count as one test each; beside: the stage that it
 *   runs side by side with, because it mostly waits
 */

/** The stages of npm test, cheapest first. @type {Stage[]} */
export const stages = [
  {
    name: "static",
    title: "Lint, format, types",
    checks: [
      ["eslint", "."],
      [
        "depcruise",
        "--config",
        ".dependency-cruiser.mjs",
        "core",
        "prisma",
        "worker",
        "server",
        "web",
        "cli",
      ],
      ["prettier", "--check", "."],
      ["turbo", "run", "typecheck", "--ui=stream", "--output-logs=errors-only"],
    ],
  },
  { name: "start", title: "Launcher, Postgres", tests: ["start"], beside: "static" },
  {
    name: "unit",
    title: "Unit",
    tests: ["core", "prisma", "worker", "server", "web", "cli", "bench", "docs"],
  },
  { name: "conformance", title: "Engine conformance", tests: ["conformance"] },
  { name: "database", title: "On a real Postgres", tests: ["database"] },
  { name: "e2e", title: "End to end, browser", tests: ["e2e"] },
];

/**
 * Returns the stages named on the command line; all of them when none is named.
 *
 * @param {string[]} names
 * @throws {UserError} for a name that is no stage
 */
export function selectStages(names) {
  for (const name of names) {
    if (!stages.some((stage) => stage.name === name)) {
      const known = stages.map((stage) => stage.name).join(", ");
      throw new UserError(`There is no test stage ${name}; the stages are ${known}.`, 2);
    }
  }
  return names.length === 0 ? stages : stages.filter((stage) => names.includes(stage.name));
}

/**
 * Runs one stage and counts its tests.
 *
 * @param {Stage} stage
 * @param {object} how
 * @param {string} how.root
 * @param {string} how.logs
 * @param {NodeJS.ProcessEnv} how.env
 * @param {(line: string) => void} how.show
 * @param {(text: string) => void} how.progress
 * @returns {Promise<Result>}
 */
export async function runStage(stage, how) {
  if ("tests" in stage) return runTests(stage.name, stage.tests, how);
  const results = [];
  for (const check of stage.checks) {
    how.progress(check.slice(0, 3).join(" "));
    results.push(await runCheck(check, how));
  }
  return sum(results);
}

/**
 * @param {[string, ...string[]]} command
 * @param {{ root: string, logs: string, env: NodeJS.ProcessEnv, show: (line: string) => void }} how
 * @returns {Promise<Result>}
 */
async function runCheck([program, ...args], { root, logs, env, show }) {
  const log = path.join(logs, `test-${program}.log`);
  const file = path.join(root, "node_modules", ".bin", program);
  const { code, lines } = await runCommand(program, file, args, { log, cwd: root, env });
  if (code === 0) return { passed: 1, failed: 0, skipped: 0 };
  for (const line of lines.slice(-80)) show(line);
  show(`✗ ${program} ${args.join(" ")} found something, see above or ${log}`);
  return { passed: 0, failed: 1, skipped: 0 };
}

/**
 * Runs vitest projects and counts from vitest's own JSON. A run that could not be counted, or ran
 * nothing, is a failure.
 *
 * @param {string} name
 * @param {string[]} projects
 * @param {{ root: string, logs: string, env: NodeJS.ProcessEnv, show: (line: string) => void }} how
 * @returns {Promise<Result>}
 */
async function runTests(name, projects, { root, logs, env, show }) {
  const folder = mkdtempSync(path.join(tmpdir(), "opnas-results-"));
  const json = path.join(folder, "results.json");
  const args = [
    "run",
    ...projects.map((project) => `--project=${project}`),
    "--reporter=default",
    "--reporter=json",
    `--outputFile.json=${json}`,
  ];
  try {
    const vitest = path.join(root, "node_modules", ".bin", "vitest");
    const log = path.join(logs, `test-${name}.log`);
    const { code } = await runCommand(name, vitest, args, { log, cwd: root, env, onLine: show });
    return count(json, code);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/**
 * @param {string} json
 * @param {number} code
 * @returns {Result}
 */
function count(json, code) {
  if (!existsSync(json)) return { passed: 0, failed: 1, skipped: 0 };
  const { numPassedTests, numFailedTests, numPendingTests, testResults } = JSON.parse(
    readFileSync(json, "utf8"),
  );
  // A file that could not be loaded, or whose set-up failed, has no failed test of its own.
  const broken = testResults.filter(
    (/** @type {{ status: string, assertionResults: { status: string }[] }} */ file) =>
      file.status === "failed" && !file.assertionResults.some(({ status }) => status === "failed"),
  ).length;
  const failed = numFailedTests + broken;
  const isUncounted = failed === 0 && (code !== 0 || numPassedTests === 0);
  return { passed: numPassedTests, failed: isUncounted ? 1 : failed, skipped: numPendingTests };
}

/** Adds up the results of several stages. @param {Result[]} results */
export function sum(results) {
  const total = { passed: 0, failed: 0, skipped: 0 };
  for (const { passed, failed, skipped } of results) {
    total.passed += passed;
    total.failed += failed;
    total.skipped += skipped;
  }
  return total;
}
