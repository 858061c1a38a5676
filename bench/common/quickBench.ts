import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll } from "vitest";
import { z } from "zod";
import { quick } from "./quickRun.ts";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "opnas-quick-"));
});
afterAll(() => rm(folder, { recursive: true }));

/** Returns the path of a file in the folder of the test file's benches, which goes when they have ended. */
export const at = (name: string) => path.join(folder, name);

/** Runs a bench with `--quick`; returns what it printed, and its JSON in the form of a schema. */
export async function bench<T>(script: string, schema: z.ZodType<T>, ...args: string[]) {
  const file = at(`${script.replace(":", "-")}.json`);
  const printed = await quick(script, "--json", file, ...args);
  return { printed, report: schema.parse(JSON.parse(await readFile(file, "utf8"))) };
}

/** A number above 0, as benches write it. */
export const positive = z.number().positive();
