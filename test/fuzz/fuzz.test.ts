import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, test } from "vitest";

const program = fileURLToPath(new URL("./fuzz.ts", import.meta.url));

test("hostile requests end no server, cost it no answer and are never its own fault", async () => {
  const folder = await mkdtemp(path.join(tmpdir(), "opnas-fuzz-test-"));
  const json = path.join(folder, "fuzz.json");
  try {
    await promisify(execFile)(process.execPath, [program, "--quick", "--json", json]).catch(
      (error: unknown) => console.error(error), // The figures tell what was wrong.
    );
    const figures: unknown = JSON.parse(await readFile(json, "utf8"));
    const nothing = { serverErrors: 0, internal: 0, crashes: 0, leaks: 0, samples: [] };
    expect(figures).toMatchObject({ ...nothing, health: { slow: 0 } });
    const number: unknown = expect.any(Number);
    expect(figures).toMatchObject({
      memory: { keptOfFirstThird: number, keptOfLastThird: number },
    });
  } finally {
    await rm(folder, { recursive: true });
  }
});
