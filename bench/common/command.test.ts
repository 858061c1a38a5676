import { spawnSync } from "node:child_process";
import { expect, test } from "vitest";

const root = new URL("../..", import.meta.url).pathname;

/** Runs a bench and waits for its end. */
function run(...args: string[]) {
  const all = ["bench/strategies/sweep.ts", ...args];
  const { status, stdout, stderr } = spawnSync(process.execPath, all, {
    cwd: root,
    encoding: "utf8",
  });
  return { status, stdout, stderr };
}

const usage =
  "usage: npm run bench:sweep -- [--record bench/record/record.json.gz] " +
  "[--tables record,nas-bench-macro] [--seeds 200] [--first-seed 10001] [--tpe 0] [--noise …] " +
  "[--only …] [--preset tiny-linear] [--json FILE] [--quick] [--help]\n";

test("--help prints what is measured and the options", () => {
  const { status, stdout, stderr } = run("--help");
  expect(stdout).toContain(`${usage}\nWhat the strategies' settings are worth`);
  expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
});

test.each([
  [["--sedes", "3"], /^Unknown option '--sedes'/],
  [["--seeds", "many"], /^--seeds: it must be a whole number from 1\n/],
  [["--seeds", "0"], /^--seeds: it must be a whole number from 1\n/],
  [["3"], /^Unexpected argument '3'/],
  [["--json", "/absent/sweep.json"], /^--json: there is no folder \/absent to write to\n/],
])("%j ends with the usage and code 2", (args, message) => {
  const { status, stdout, stderr } = run(...args);
  expect(stderr).toMatch(message);
  expect(stderr.endsWith(usage)).toBe(true);
  expect({ status, stdout }).toEqual({ status: 2, stdout: "" });
});

test("any other error ends with code 1, and is shown", () => {
  const { status, stderr } = run("--record", "absent.json.gz");
  expect(status).toBe(1);
  expect(stderr).toContain("ENOENT: no such file or directory, open 'absent.json.gz'");
});

test("an operand is given without a name, once", () => {
  const search = (...args: string[]) =>
    spawnSync(process.execPath, ["bench/tables/searchTable.ts", ...args], {
      cwd: root,
      encoding: "utf8",
    });
  const { status, stdout } = search("bench/tables/example.csv", "--strategy", "random");
  expect(stdout).toContain("random, seed 1: the best of 27 evaluations came with number");
  expect(status).toBe(0);
  const two = search("one.csv", "two.csv");
  expect(two.stderr).toContain(
    "Unexpected argument 'two.csv'\nusage: npm run search:table -- TABLE",
  );
  expect(two.status).toBe(2);
});
