/** PyTorch for the bench, put by pip into the cache once per machine. */
import { spawn } from "node:child_process";
import { existsSync, mkdirSync, renameSync, rmSync } from "node:fs";
import path from "node:path";
import { cacheFolder } from "../../worker/native/location.mjs";

const version = "2.5.1";

/**
 * Where PyTorch is, for PYTHONPATH.
 * @param say told what goes on, for the download is large
 */
export async function installedTorch(say) {
  const folder = path.join(cacheFolder(), "bench", `torch-${version}`);
  if (existsSync(folder)) return folder;
  say(`getting PyTorch ${version} into ${folder}: several GB, minutes`);
  const draft = `${folder}.making`;
  rmSync(draft, { recursive: true, force: true });
  mkdirSync(draft, { recursive: true });
  const plain = ["--quiet", "--disable-pip-version-check", "--only-binary=:all:"];
  const packages = [`torch==${version}`, "numpy==2.1.3"];
  await run("python3", ["-m", "pip", "install", ...plain, "--target", draft, ...packages]);
  renameSync(draft, folder);
  return folder;
}

function run(command, args) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { stdio: ["ignore", "inherit", "inherit"] });
    child.on("error", reject);
    child.on("exit", (code) =>
      code === 0 ? resolve() : reject(new Error(`${command} ${args[1]} ended with ${code}`)),
    );
  });
}
