import { existsSync, readdirSync, renameSync, rmSync, writeFileSync, mkdirSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { TFJS_VERSION, flavours, kernelsFile, kernelSources } from "./location.mjs";
import { cleanEnvironment, engineNode, npmCommand } from "./nodeAndNpm.mjs";
import { StepFailed, run } from "./run.mjs";

/** Checks within seconds that npm's registry answers; fails on a machine that is offline. */
export async function reachNpm(step) {
  const [npm, ...before] = npmCommand();
  const args = [...before, "view", `node-api-headers@1.9.0`, "version", "--fetch-retries=0"];
  await run(npm, args, { ...step, env: cleanEnvironment(), limit: 6 });
}

/** Installs TensorFlow.js and the addon's sources, without running any package's script. */
export async function installPackages(folder, engine, step) {
  mkdirSync(folder, { recursive: true });
  const dependencies = { [flavours[engine].addon]: TFJS_VERSION, "node-api-headers": "1.9.0" };
  writeFileSync(path.join(folder, "package.json"), JSON.stringify({ private: true, dependencies }));
  const [npm, ...before] = npmCommand();
  const quick = ["--fetch-timeout=15000", "--fetch-retries=1", "--fetch-retry-mintimeout=1000"];
  const plain = ["--ignore-scripts", "--omit=dev", "--no-audit", "--no-fund"];
  const args = [...before, "install", ...plain, ...quick, "--prefer-offline", "--loglevel=error"];
  await run(npm, args, { ...step, cwd: folder, env: cleanEnvironment(), limit: 600 });
  removeUnusedFiles(folder);
}

/** Returns true if an earlier attempt installed the packages; npm writes that file last. */
export function hasPackages(folder) {
  return existsSync(path.join(folder, "node_modules", ".package-lock.json"));
}

/** Runs the addon's own install script, which downloads library and binding. */
export async function officialLibrary(folder, engine, step) {
  const home = addonHome(folder, engine);
  rmSync(path.join(home, "deps"), { recursive: true, force: true });
  const bin = path.join(folder, "node_modules", ".bin");
  const env = { ...cleanEnvironment(), PATH: `${bin}${path.delimiter}${process.env.PATH ?? ""}` };
  const args = ["scripts/install.js", ...(engine === "tensorflow-gpu" ? ["gpu", "download"] : [])];
  await run(engineNode(), args, { ...step, cwd: home, env, watch: home, stall: 10, limit: 1800 });
}

/** Returns the command of a C++ compiler; throws a StepFailed if there is none. */
export async function findCompiler(step) {
  const compiler = await firstThatRuns([[process.env.CXX], ["g++"], ["clang++"], ["c++"]], step);
  if (!compiler)
    throw new StepFailed("a C++ compiler is missing (Debian, Ubuntu: apt install g++)");
  return compiler;
}

/** Compiles the addon's N-API binding against the library and headers in its deps folder. */
export async function compileBinding(folder, engine, [compiler], step) {
  const home = addonHome(folder, engine);
  const target = path.join(home, "lib", "napi-v8");
  mkdirSync(target, { recursive: true });
  const args = [
    "-std=c++17",
    "-O2",
    "-shared",
    "-fPIC",
    "-DNAPI_VERSION=8",
    `-I${path.join(folder, "node_modules", "node-api-headers", "include")}`,
    `-I${path.join("deps", "include")}`,
    "binding/tfjs_backend.cc",
    "binding/tfjs_binding.cc",
    "-o",
    path.join(target, "tfjs_binding.node"),
    "-Ldeps/lib",
    "-ltensorflow",
    "-ltensorflow_framework",
    "-Wl,-rpath,$ORIGIN/../../deps/lib",
  ];
  await run(compiler, args, { ...step, cwd: home, limit: 300 });
}

/**
 * Compiles our own operations for this processor, tries them, and puts the addon in place if it
 * works.
 */
export async function compileKernels(folder, engine, [compiler], step) {
  const home = addonHome(folder, engine);
  const target = kernelsFile(folder);
  const draft = `${target}.${process.pid}`;
  mkdirSync(path.dirname(target), { recursive: true });
  const lib = path.join(home, "deps", "lib");
  const args = [
    // Vector loops for this processor; sums may be reordered only where the source says so.
    "-std=c++17",
    "-O3",
    process.arch === "x64" ? "-march=native" : "-mcpu=native",
    "-fopenmp-simd",
    "-fno-math-errno",
    "-fno-trapping-math",
    "-shared",
    "-fPIC",
    "-DNAPI_VERSION=8",
    `-I${path.join(folder, "node_modules", "node-api-headers", "include")}`,
    `-I${path.join(home, "deps", "include")}`,
    path.join(kernelSources, "kernels.cc"),
    "-o",
    draft,
    `-L${lib}`,
    "-ltensorflow",
    "-ltensorflow_framework",
    `-Wl,-rpath,$ORIGIN/${path.relative(path.dirname(target), lib)}`,
  ];
  try {
    await run(compiler, args, { ...step, limit: 300 });
    await verify(folder, engine, step, draft);
    renameSync(draft, target);
  } finally {
    rmSync(draft, { force: true });
  }
}

/** Loads the engine in a process of its own and computes; returns its version, and true as gpu if it uses one. */
export async function verify(folder, engine, step, kernels = "") {
  const script = fileURLToPath(new URL("verify.mjs", import.meta.url));
  const env = { ...process.env, TF_CPP_MIN_LOG_LEVEL: "2" };
  const args = ["--no-deprecation", script, folder, flavours[engine].addon, kernels];
  const output = await run(engineNode(), args, { ...step, env, limit: 120 });
  return JSON.parse(output.trim().split("\n").at(-1));
}

/** Removes debug symbols from the libraries. */
export async function stripLibraries(folder, engine, step) {
  const lib = path.join(addonHome(folder, engine), "deps", "lib");
  for (const entry of readdirSync(lib, { withFileTypes: true })) {
    if (!entry.isFile() || !entry.name.includes(".so")) continue;
    await stripSymbols(path.join(lib, entry.name), step);
  }
}

/** Removes browser bundles, source maps and types: most of the packages' size, and unused here. */
function removeUnusedFiles(folder) {
  const unused = /\.map$|\.min\.js$|\.fesm\.js$|\.es2017\.js$|\.d\.ts$/;
  const packages = path.join(folder, "node_modules", "@tensorflow");
  for (const entry of readdirSync(packages, { recursive: true, withFileTypes: true })) {
    if (entry.isFile() && unused.test(entry.name))
      rmSync(path.join(entry.parentPath ?? entry.path, entry.name));
  }
}

/** Removes debug symbols, a quarter of a library; without the command `strip` they stay. */
async function stripSymbols(library, step) {
  try {
    await run("strip", ["--strip-unneeded", library], { ...step, limit: 120 });
  } catch (error) {
    if (!(error instanceof StepFailed)) throw error;
  }
}

/** Renames a finished folder to its final name, in one step. */
export function publish(from, to, record) {
  writeFileSync(path.join(from, "engine.json"), `${JSON.stringify(record, null, 2)}\n`);
  rmSync(to, { recursive: true, force: true });
  renameSync(from, to);
}

/** Returns the folder of the addon's package in an engine's folder. */
export function addonHome(folder, engine) {
  return path.join(folder, "node_modules", ...flavours[engine].addon.split("/"));
}

/** Returns the first of the commands that runs; undefined if none does. */
export async function firstThatRuns(commands, step) {
  for (const [command, ...args] of commands) {
    if (!command) continue;
    try {
      await run(command, [...args, "--version"], { ...step, limit: 20 });
      return [command, ...args];
    } catch (error) {
      if (!(error instanceof StepFailed)) throw error;
    }
  }
  return undefined;
}
