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
import { TFJS_VERSION, flavours } from "./location.mjs";
import { cleanEnvironment, engineNode, npmCommand } from "./nodeAndNpm.mjs";
import { StepFailed, run } from "./run.mjs";
import { unzip } from "./unzip.mjs";

/** The library whose wheel passed; newer ones are no faster and larger. */
const WHEEL_VERSION = "2.18.0";

/** Whether npm's registry answers; decides in seconds that a machine is offline. */
export async function reachNpm(step) {
  const [npm, ...before] = npmCommand();
  const args = [...before, "view", `node-api-headers@1.9.0`, "version", "--fetch-retries=0"];
  await run(npm, args, { ...step, env: cleanEnvironment(), limit: 6 });
}

/** TensorFlow.js and the addon's sources, without running any package's script. */
export async function installPackages(folder, engine, step) {
  mkdirSync(folder, { recursive: true });
  const dependencies = { [flavours[engine].addon]: TFJS_VERSION, "node-api-headers": "1.9.0" };
  writeFileSync(path.join(folder, "package.json"), JSON.stringify({ private: true, dependencies }));
  const [npm, ...before] = npmCommand();
  const quick = ["--fetch-timeout=15000", "--fetch-retries=1", "--fetch-retry-mintimeout=1000"];
  const plain = ["--ignore-scripts", "--omit=dev", "--no-audit", "--no-fund", "--no-package-lock"];
  const args = [...before, "install", ...plain, ...quick, "--prefer-offline", "--loglevel=error"];
  await run(npm, args, { ...step, cwd: folder, env: cleanEnvironment(), limit: 600 });
}

/** The ordinary way: the addon's own install script, which downloads library and binding. */
export async function officialLibrary(folder, engine, step) {
  const home = addonHome(folder, engine);
  const bin = path.join(folder, "node_modules", ".bin");
  const env = { ...cleanEnvironment(), PATH: `${bin}${path.delimiter}${process.env.PATH ?? ""}` };
  const args = ["scripts/install.js", ...(engine === "tensorflow-gpu" ? ["gpu", "download"] : [])];
  await run(engineNode(), args, { ...step, cwd: home, env, watch: home, stall: 20, limit: 1800 });
}

/** What building against the wheel needs, or a StepFailed that says what is missing. */
export async function wheelTools(step) {
  const glibc = process.report.getReport().header.glibcVersionRuntime;
  if (process.platform !== "linux" || !glibc) {
    throw new StepFailed("PyPI's TensorFlow library can be used on Linux with glibc only");
  }
  const compiler = await firstThatRuns([[process.env.CXX], ["g++"], ["clang++"], ["c++"]], step);
  if (!compiler)
    throw new StepFailed("a C++ compiler is missing (Debian, Ubuntu: apt install g++)");
  const pip = await firstThatRuns(
    [["python3", "-m", "pip"], ["pip3"], ["pip"], ["python", "-m", "pip"]],
    step,
  );
  if (!pip) throw new StepFailed("pip is missing (Debian, Ubuntu: apt install python3-pip)");
  return { compiler, pip };
}

/** The other way: libtensorflow and its headers out of PyPI's wheel, the binding compiled here. */
export async function wheelLibrary(folder, engine, { compiler, pip }, downloads, step) {
  const home = addonHome(folder, engine);
  mkdirSync(downloads, { recursive: true });
  const [command, ...before] = pip;
  const any = [
    "--only-binary=:all:",
    "--implementation=cp",
    "--python-version=3.11",
    "--abi=cp311",
  ];
  const arch = process.arch === "arm64" ? "aarch64" : "x86_64";
  const args = [
    ...[...before, "download", "--no-deps", ...any, `--platform=manylinux_2_17_${arch}`],
    ...["--timeout=15", "--retries=1", "--disable-pip-version-check", `--dest=${downloads}`],
    `${flavours[engine].wheel}==${WHEEL_VERSION}`,
  ];
  const env = { ...process.env, TMPDIR: downloads };
  await run(command, args, { ...step, env, watch: downloads, stall: 30, limit: 3600 });
  const wheel = readdirSync(downloads).find((name) => name.endsWith(".whl"));
  if (!wheel) throw new StepFailed("pip left no wheel");

  const deps = path.join(home, "deps");
  rmSync(deps, { recursive: true, force: true });
  await unzip(path.join(downloads, wheel), (name) => wanted(name, deps));
  for (const library of ["cc", "framework"]) {
    const link = library === "cc" ? "libtensorflow.so" : "libtensorflow_framework.so";
    symlinkSync(`libtensorflow_${library}.so.2`, path.join(deps, "lib", link));
  }
  await compileBinding(folder, engine, compiler, step);
  rmSync(downloads, { recursive: true });
}

/** Compiles the addon's N-API binding against the library and headers in its deps folder. */
export async function compileBinding(folder, engine, [compiler], step) {
  const home = addonHome(folder, engine);
  const target = path.join(home, "lib", "napi-v8");
  mkdirSync(target, { recursive: true });
  const args = [
    ...["-std=c++17", "-O2", "-shared", "-fPIC", "-DNAPI_VERSION=8"],
    `-I${path.join(folder, "node_modules", "node-api-headers", "include")}`,
    `-I${path.join("deps", "include")}`,
    ...["binding/tfjs_backend.cc", "binding/tfjs_binding.cc"],
    ...["-o", path.join(target, "tfjs_binding.node"), "-Ldeps/lib"],
    ...["-ltensorflow", "-ltensorflow_framework", "-Wl,-rpath,$ORIGIN/../../deps/lib"],
  ];
  await run(compiler, args, { ...step, cwd: home, limit: 300 });
}

/** Whether the official library came but not its binding, so that compiling is all that is left. */
export function lacksOnlyBinding(folder, engine) {
  const home = addonHome(folder, engine);
  return existsSync(path.join(home, "deps", "lib", "libtensorflow.so"));
}

/** Loads the engine in a process of its own and computes; gives what it says of itself. */
export async function verify(folder, engine, step) {
  const script = fileURLToPath(new URL("verify.mjs", import.meta.url));
  const env = { ...process.env, TF_CPP_MIN_LOG_LEVEL: "2" };
  const args = ["--no-deprecation", script, folder, flavours[engine].addon];
  const output = await run(engineNode(), args, { ...step, env, limit: 120 });
  const facts = JSON.parse(output.trim().split("\n").at(-1));
  if (engine === "tensorflow-gpu" && !facts.gpu) {
    throw new StepFailed("TensorFlow found no GPU it can use (driver or CUDA libraries missing)");
  }
  return facts;
}

/** Removes what running does not need: headers, debug symbols, browser bundles, source maps. */
export async function makeLean(folder, engine, step) {
  const home = addonHome(folder, engine);
  rmSync(path.join(home, "deps", "include"), { recursive: true, force: true });
  const lib = path.join(home, "deps", "lib");
  for (const name of readdirSync(lib, { withFileTypes: true })) {
    if (!name.isFile() || !name.name.includes(".so")) continue;
    await stripSymbols(path.join(lib, name.name), step);
  }
  const unused = /\.map$|\.min\.js$|\.fesm\.js$|\.es2017\.js$|\.d\.ts$/;
  const packages = path.join(folder, "node_modules", "@tensorflow");
  for (const entry of readdirSync(packages, { recursive: true, withFileTypes: true })) {
    if (entry.isFile() && unused.test(entry.name)) rmSync(path.join(entry.parentPath, entry.name));
  }
}

/** Debug symbols are a quarter of the library; a machine without `strip` keeps them. */
async function stripSymbols(library, step) {
  try {
    await run("strip", ["--strip-unneeded", library], { ...step, limit: 120 });
  } catch (error) {
    if (!(error instanceof StepFailed)) throw error;
  }
}

/** Publishes a finished folder under its final name, in one step. */
export function publish(from, to, record) {
  writeFileSync(path.join(from, "engine.json"), `${JSON.stringify(record, null, 2)}\n`);
  rmSync(to, { recursive: true, force: true });
  renameSync(from, to);
}

function addonHome(folder, engine) {
  return path.join(folder, "node_modules", ...flavours[engine].addon.split("/"));
}

/** Where in deps a file of the wheel belongs; undefined for what is not needed. */
function wanted(name, deps) {
  if (/^tensorflow\/libtensorflow_(cc|framework)\.so\.2$/.test(name)) {
    return path.join(deps, "lib", path.basename(name));
  }
  const header =
    /^tensorflow\/include\/((tensorflow|tsl|xla\/tsl)\/(c|core\/platform|platform)\/.*\.h)$/;
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
