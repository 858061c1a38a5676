/** PyTorch for the bench, put by pip into the cache once per machine. */
import { spawn } from "node:child_process";
import { existsSync, mkdirSync, renameSync, rmSync } from "node:fs";
import path from "node:path";
import { cacheFolder } from "@opnas/worker/internals";
import { note } from "../common/progress.ts";

const version = "2.5.1";

/** Returns the folder of PyTorch, for PYTHONPATH; gets it first, a large download, where it is not. */
export async function installedTorch(): Promise<string> {
  const folder = torchFolder();
  if (existsSync(folder)) return folder;
  note(`getting PyTorch ${version} into ${folder}: several GB, minutes`);
  const draft = `${folder}.making`;
  rmSync(draft, { recursive: true, force: true });
  mkdirSync(draft, { recursive: true });
  const plain = ["--quiet", "--disable-pip-version-check", "--only-binary=:all:"];
  const packages = [`torch==${version}`, "numpy==2.1.3"];
  await run("python3", ["-m", "pip", "install", ...plain, "--target", draft, ...packages]);
  renameSync(draft, folder);
  return folder;
}

function torchFolder(): string {
  return path.join(cacheFolder(), "bench", `torch-${version}`);
}

function run(command: string, args: readonly string[]): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { stdio: ["ignore", "inherit", "inherit"] });
    child.on("error", reject);
    child.on("exit", (code) => {
      if (code === 0) resolve();
      else reject(new Error(`${command} ${args.join(" ")} ended with ${String(code)}`));
    });
  });
}
