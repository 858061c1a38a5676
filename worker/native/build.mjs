import {
  existsSync,
  readdirSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
  mkdirSync,
} from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { TFJS_VERSION, flavours, kernelsFile, kernelSources } from "./location.mjs";
import { cleanEnvironment, engineNode, npmCommand } from "./nodeAndNpm.mjs";
import { StepFailed, run } from "./run.mjs";
import { unzip } from "./unzip.mjs";

/** The version of TensorFlow's wheel; newer ones are larger and no faster (decision 0002). */
const WHEEL_VERSION = "2.18.0";

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

/** Returns the tools for building against the wheel; throws a StepFailed naming a missing one. */
export async function wheelTools(step) {
  const glibc = process.report.getReport().header.glibcVersionRuntime;
  if (process.platform !== "linux" || !glibc) {
    throw new StepFailed("PyPI's TensorFlow library can be used on Linux with glibc only");
  }
  const compiler = await findCompiler(step);
  const python = ["python3", "-m", "pip"];
  const pip = await firstThatRuns([python, ["pip3"], ["pip"], ["python", "-m", "pip"]], step);
  if (!pip) throw new StepFailed("pip is missing (Debian, Ubuntu: apt install python3-pip)");
  return { compiler, pip };
}

/** Returns the command of a C++ compiler; throws a StepFailed if there is none. */
export async function findCompiler(step) {
  const compiler = await firstThatRuns([[process.env.CXX], ["g++"], ["clang++"], ["c++"]], step);
  if (!compiler)
    throw new StepFailed("a C++ compiler is missing (Debian, Ubuntu: apt install g++)");
  return compiler;
}

/** Unpacks libtensorflow and its headers from PyPI's wheel and compiles the binding here. */
export async function wheelLibrary(folder, engine, { compiler, pip }, downloads, step) {
  const home = addonHome(folder, engine);
  const deps = path.join(home, "deps");
  rmSync(deps, { recursive: true, force: true });
  const wheel = await downloadWheel(flavours[engine].wheel, pip, downloads, step);
  await unzip(wheel, (name) => wanted(name, deps));
  for (const library of ["cc", "framework"]) {
    const link = library === "cc" ? "libtensorflow.so" : "libtensorflow_framework.so";
    symlinkSync(`libtensorflow_${library}.so.2`, path.join(deps, "lib", link));
  }
  await compileBinding(folder, engine, compiler, step);
  rmSync(downloads, { recursive: true, force: true });
}

/** Downloads the wheel, unless an earlier attempt did, and returns its path. */
async function downloadWheel(name, pip, downloads, step) {
  const wheelIn = (folder) => readdirSync(folder).find((file) => file.endsWith(".whl"));
  mkdirSync(downloads, { recursive: true });
  const earlier = wheelIn(downloads);
  if (earlier) return path.join(downloads, earlier);
  // pip's unfinished files go to a folder of their own, empty at the start of every attempt.
  const unfinished = path.join(downloads, "unfinished");
  rmSync(unfinished, { recursive: true, force: true });
  mkdirSync(unfinished);
  const [command, ...before] = pip;
  const any = [
    "--only-binary=:all:",
    "--implementation=cp",
    "--python-version=3.11",
    "--abi=cp311",
  ];
  const arch = process.arch === "arm64" ? "aarch64" : "x86_64";
  const args = [
    ...before,
    "download",
    "--no-deps",
    ...any,
    `--platform=manylinux_2_17_${arch}`,
    "--timeout=10",
    "--retries=0",
    "--disable-pip-version-check",
    `--dest=${downloads}`,
    `${name}==${WHEEL_VERSION}`,
  ];
  const env = { ...process.env, TMPDIR: unfinished };
  await run(command, args, { ...step, env, watch: downloads, stall: 20, limit: 3600 });
  const wheel = wheelIn(downloads);
  if (!wheel) throw new StepFailed("pip left no wheel");
  return path.join(downloads, wheel);
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

function addonHome(folder, engine) {
  return path.join(folder, "node_modules", ...flavours[engine].addon.split("/"));
}

/** Returns the path in deps for a file of the wheel; undefined if it is not needed. */
function wanted(name, deps) {
  if (/^tensorflow\/libtensorflow_(cc|framework)\.so\.2$/.test(name)) {
    return path.join(deps, "lib", path.basename(name));
  }
  const header =
    /^tensorflow\/include\/((tensorflow\/c|.*\/platform|.*\/c)\/[^/]*\.h|tensorflow\/c\/.*\.h)$/;
  const match = header.exec(name);
  return match?.[1] && path.join(deps, "include", match[1]);
}

async function firstThatRuns(commands, step) {
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
