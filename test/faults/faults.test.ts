import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { z } from "zod";

const program = fileURLToPath(new URL("./faults.ts", import.meta.url));
const round = z.object({
  struck: z.array(z.string()),
  isEqual: z.boolean(),
  difference: z.string().nullable(),
  lost: z.int(),
  doubled: z.int(),
});

const { played } = await quickRun();

/** Runs the command for a round of every kind of fault, as `npm run test:faults -- --quick` does. */
async function quickRun() {
  const folder = await mkdtemp(path.join(tmpdir(), "opnas-faults-test-"));
  const json = path.join(folder, "faults.json");
  try {
    const args = [program, "--quick", "--json", json];
    const failure = await promisify(execFile)(process.execPath, args).then(() => "", String);
    const result = await readFile(json, "utf8").catch((cause: unknown) => {
      throw new Error(`The rounds gave no result: ${failure}`, { cause });
    });
    return z.object({ played: z.array(round) }).parse(JSON.parse(result));
  } finally {
    await rm(folder, { recursive: true });
  }
}

test.each(played.map((each) => [each.struck[0] ?? "nothing", each] as const))(
  "a search that is struck by %s ends in the same state, and a client sees every event once",
  (kind, outcome) => {
    expect(new Set(outcome.struck)).toEqual(new Set([kind]));
    expect(outcome).toMatchObject({ isEqual: true, difference: null, lost: 0, doubled: 0 });
  },
);

test("every kind of fault strikes", () => {
  const struck = new Set(played.flatMap((each) => each.struck));
  const always = ["killWorker", "killTrainer", "stopWorker", "killServer", "killPostgres"];
  expect([...struck]).toEqual(expect.arrayContaining(always));
  expect(struck.size).toBeGreaterThanOrEqual(12);
});
