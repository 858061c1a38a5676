import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { cpus, homedir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";

/** The native engines: the npm package of each, and the PyPI package with the same library. */
export const flavours = {
  tensorflow: { addon: "@tensorflow/tfjs-node", wheel: "tensorflow-cpu" },
  "tensorflow-gpu": { addon: "@tensorflow/tfjs-node-gpu", wheel: "tensorflow" },
};

/**
 * The version of TensorFlow.js, the same on every engine. The worker's manifest names the native
 * packages as optional peers: npm never installs them by itself, `install.mjs` does.
 */
export const TFJS_VERSION = peerVersion();

function peerVersion() {
  const manifest = fileURLToPath(new URL("../package.json", import.meta.url));
  const { dependencies, peerDependencies } = JSON.parse(readFileSync(manifest, "utf8"));
  const names = Object.values(flavours).map(({ addon }) => addon);
  const versions = new Set(names.map((name) => peerDependencies[name]));
  const [version] = versions;
  if (versions.size === 1 && version === dependencies["@tensorflow/tfjs"]) return version;
  throw new Error(`${manifest}: ${names.join(", ")} and @tensorflow/tfjs must have one version`);
}

/** The folder of the sources of our own operations. */
export const kernelSources = fileURLToPath(new URL("kernels", import.meta.url));

/** The version of the installation; raise it when engines installed before must be made anew. */
const RECIPE = 2;

/** Returns the folder of files that are made once per machine, outside of every checkout. */
export function cacheFolder(env = process.env) {
  if (env.OPNAS_CACHE_DIR) return path.resolve(env.OPNAS_CACHE_DIR);
  return path.join(env.XDG_CACHE_HOME || path.join(homedir(), ".cache"), "opnas");
}

/** Returns the folder of a native engine on this kind of machine. */
export function engineFolder(engine, env = process.env) {
  const name = `${engine}-${TFJS_VERSION}-${process.platform}-${process.arch}-${RECIPE}`;
  return path.join(cacheFolder(env), "engine", name);
}

/**
 * Describes an installed native engine; undefined if there is none. `engine.json` is written last,
 * after the engine has been loaded and has computed, so an engine with that file works.
 */
export function installedEngine(engine, env = process.env) {
  const folder = engineFolder(engine, env);
  const record = path.join(folder, "engine.json");
  if (!existsSync(record)) return undefined;
  const { origin, libtensorflow } = JSON.parse(readFileSync(record, "utf8"));
  const kernels = kernelsFile(folder);
  return {
    folder,
    addon: flavours[engine].addon,
    origin,
    libtensorflow,
    kernels: existsSync(kernels) ? kernels : undefined,
  };
}

/**
 * Returns the path of an engine's compiled own operations. The name is a hash of their sources and
 * of the processor that they are compiled for, so that a change of either gives another file.
 */
export function kernelsFile(folder) {
  const hash = createHash("sha256");
  for (const name of readdirSync(kernelSources).sort()) {
    hash.update(readFileSync(path.join(kernelSources, name)));
  }
  hash.update(processorFeatures());
  return path.join(folder, "kernels", `opnas-${hash.digest("hex").slice(0, 16)}.node`);
}

function processorFeatures() {
  if (process.platform !== "linux") return cpus()[0]?.model ?? "";
  const info = readFileSync("/proc/cpuinfo", "utf8");
  return /^(flags|Features)\s*:.*$/m.exec(info)?.[0] ?? "";
}

/** Returns true if this machine has an NVIDIA GPU with its driver. */
export function seesNvidia() {
  return spawnSync("nvidia-smi", ["-L"], { timeout: 5000 }).status === 0;
}
