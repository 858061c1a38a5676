import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { packages } from "./build.mjs";
import { runCommand } from "./command.mjs";
import { UserError } from "./userError.mjs";

/**
 * @typedef {object} Result
 * @property {number} passed
 * @property {number} failed
 * @property {number} skipped
 * @property {string[]} failures what failed and why, a line each
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
      ["node", "start/lint.mjs"],
      ["depcruise", "--config", ".dependency-cruiser.mjs", ...packages],
      ["prettier", "--check", "."],
      ["turbo", "run", "typecheck", "--ui=stream", "--output-logs=errors-only"],
    ],
  },
  { name: "start", title: "Launcher, Postgres", tests: ["start"], beside: "static" },
  {
    name: "unit",
    title: "Unit",
    tests: [
      "core",
      "export",
      "telemetry",
      "artifacts",
      "prisma",
      "worker",
      "server",
      "web",
      "cli",
      "bench",
      "docs",
      "deploy",
    ],
  },
  { name: "faults", title: "Faults", tests: ["faults"], beside: "conformance" },
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
  if (code === 0) return { passed: 1, failed: 0, skipped: 0, failures: [] };
  for (const line of lines.slice(-80)) show(line);
  const failure = `${program} ${args.join(" ")} found something, see above or ${log}`;
  show(`✗ ${failure}`);
  return { passed: 0, failed: 1, skipped: 0, failures: [failure] };
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
  if (!existsSync(json)) {
    return { passed: 0, failed: 1, skipped: 0, failures: ["vitest ended without a result"] };
  }
  /** @type {{ numPassedTests: number, numPendingTests: number, testResults: FileResult[] }} */
  const { numPassedTests, numPendingTests, testResults } = JSON.parse(readFileSync(json, "utf8"));
  const failures = testResults.flatMap(failuresOf);
  if (failures.length === 0 && (code !== 0 || numPassedTests === 0)) {
    failures.push(`vitest ended with exit code ${code} and ${numPassedTests} passed tests`);
  }
  return { passed: numPassedTests, failed: failures.length, skipped: numPendingTests, failures };
}

/**
 * @typedef {object} FileResult a test file in vitest's JSON
 * @property {string} name
 * @property {string} status
 * @property {string} message
 * @property {{ fullName: string, status: string, failureMessages: string[] }[]} assertionResults
 */

/**
 * Returns a line for each failed test of a file. A file that could not be loaded, or whose set-up failed, has
 * no failed test of its own and counts as one.
 *
 * @param {FileResult} file
 */
function failuresOf({ name, status, message, assertionResults }) {
  const tests = assertionResults.filter((each) => each.status === "failed");
  const file = path.basename(name);
  if (tests.length === 0) return status === "failed" ? [`${file}: ${firstLine(message)}`] : [];
  return tests.map(
    ({ fullName, failureMessages }) =>
      `${file}: ${fullName}: ${firstLine(failureMessages[0] ?? "no message")}`,
  );
}

/** @param {string} text */
function firstLine(text) {
  return text.trim().split("\n", 1).join("").slice(0, 300);
}

/** Adds up the results of several stages. @param {Result[]} results @returns {Result} */
export function sum(results) {
  return {
    passed: results.reduce((total, { passed }) => total + passed, 0),
    failed: results.reduce((total, { failed }) => total + failed, 0),
    skipped: results.reduce((total, { skipped }) => total + skipped, 0),
    failures: results.flatMap(({ failures }) => failures),
  };
}
