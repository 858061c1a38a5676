import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readFile, rename, rm } from "node:fs/promises";
import path from "node:path";
import { promisify } from "node:util";
import { cacheFolder } from "@opnas/worker/internals";
import { z } from "zod";

const run = promisify(execFile);

/** Milliseconds that pip may take on a slow network. */
const limit = 1_200_000;

const failureSchema = z.looseObject({ stderr: z.string() });

/**
 * Returns the Python of a virtual environment with the packages of a requirements file. It is made in
 * the platform's cache, once per machine and content of that file.
 * @param what the packages in the sentence of an error, e.g. "The Python client's packages"
 * @throws Error in a sentence when it cannot be had: no test is skipped for the lack of Python
 */
export async function pythonVenv(requirements: string, what: string): Promise<string> {
  const content = await readFile(requirements);
  const hash = createHash("sha256").update(content).digest("hex").slice(0, 12);
  const folder = path.join(cacheFolder(), "python", `venv-${hash}`);
  const python = path.join(folder, "bin", "python");
  if (existsSync(python)) return python;
  await mkdir(path.dirname(folder), { recursive: true });
  const draft = await mkdtemp(path.join(path.dirname(folder), "making-"));
  try {
    await run("python3", ["-m", "venv", draft], { timeout: limit });
    const pip = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check"];
    const binary = ["--only-binary=:all:", "--requirement", requirements];
    await run(path.join(draft, "bin", "python"), [...pip, ...binary], { timeout: limit });
    await rename(draft, folder);
    return python;
  } catch (error) {
    // Another process has made the same one meanwhile.
    if (existsSync(python)) return python;
    const said = failureSchema.safeParse(error).data?.stderr.trim() ?? "";
    const reason = (said === "" ? String(error) : said).split("\n").at(-1)?.slice(0, 300) ?? "";
    throw new Error(
      `${what} cannot be had (${reason}): install Python 3.11 or newer with venv and pip, and see that pip reaches its index.`,
      { cause: error },
    );
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
}
