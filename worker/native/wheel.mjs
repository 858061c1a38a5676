import { chmodSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import path from "node:path";
import { addonHome, compileBinding, findCompiler, firstThatRuns } from "./build.mjs";
import { flavours } from "./location.mjs";
import { StepFailed, run } from "./run.mjs";
import { unzip } from "./unzip.mjs";

/** The version of TensorFlow's wheel; newer ones are larger and no faster (decision 0002). */
const WHEEL_VERSION = "2.18.0";

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

/** Downloads TensorFlow's wheel of an engine, unless an earlier attempt did; returns its path. */
export function tensorflowWheel(engine, pip, downloads, step) {
  return downloadWheel(`${flavours[engine].wheel}==${WHEEL_VERSION}`, pip, downloads, step);
}

/** Unpacks libtensorflow and its headers from PyPI's wheel and compiles the binding here. */
export async function wheelLibrary(folder, engine, wheel, compiler, step) {
  const deps = path.join(addonHome(folder, engine), "deps");
  rmSync(deps, { recursive: true, force: true });
  await unzip(wheel, (name) => tensorflowFile(name, deps));
  for (const library of ["cc", "framework"]) {
    const link = library === "cc" ? "libtensorflow.so" : "libtensorflow_framework.so";
    symlinkSync(`libtensorflow_${library}.so.2`, path.join(deps, "lib", link));
  }
  await compileBinding(folder, engine, compiler, step);
}

/**
 * Puts the CUDA libraries that TensorFlow's wheel names beside it, from NVIDIA's wheels on PyPI.
 * The library looks for them in `../nvidia/*\/lib` from its own folder (its RUNPATH), so that the
 * driver is all that a machine needs, and no LD_LIBRARY_PATH.
 */
export async function cudaLibraries(folder, engine, wheel, pip, downloads, step) {
  const deps = path.join(addonHome(folder, engine), "deps");
  for (const requirement of await cudaRequirements(wheel, downloads)) {
    const file = await downloadWheel(requirement, pip, downloads, step);
    await unzip(file, (name) => cudaFile(name, deps));
  }
  const compiler = path.join(deps, "nvidia", "cuda_nvcc", "bin", "ptxas");
  chmodSync(compiler, 0o755);
}

/** Reads what `pip install tensorflow[and-cuda]` would add, such as `nvidia-cublas-cu12==12.5.3.2`. */
export async function cudaRequirements(wheel, downloads) {
  const metadata = path.join(downloads, "METADATA");
  await unzip(wheel, (name) => /^[^/]+\.dist-info\/METADATA$/.test(name) && metadata);
  const line = /^Requires-Dist: *(nvidia-[\w-]+) *\(?([^;)]*?)\)? *; *extra == ['"]and-cuda['"]/gm;
  const found = [...readFileSync(metadata, "utf8").matchAll(line)];
  if (found.length === 0) throw new StepFailed("TensorFlow's wheel names no CUDA libraries");
  return found.map(([, name, version]) => `${name}${version.replaceAll(" ", "")}`);
}

/** Downloads a wheel, unless an earlier attempt did, and returns its path. */
async function downloadWheel(requirement, pip, downloads, step) {
  const name = requirement.split(/[=<>!~]/, 1)[0].replaceAll("-", "_");
  const wheelIn = (folder) =>
    readdirSync(folder).find((file) => file.startsWith(`${name}-`) && file.endsWith(".whl"));
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
    `--platform=manylinux2014_${arch}`,
    "--timeout=10",
    "--retries=0",
    "--disable-pip-version-check",
    `--dest=${downloads}`,
    requirement,
  ];
  const env = { ...process.env, TMPDIR: unfinished };
  await run(command, args, { ...step, env, watch: downloads, stall: 20, limit: 3600 });
  const wheel = wheelIn(downloads);
  if (!wheel) throw new StepFailed(`pip left no wheel of ${requirement}`);
  return path.join(downloads, wheel);
}

/** Returns the path in deps for a file of TensorFlow's wheel; undefined if it is not needed. */
function tensorflowFile(name, deps) {
  if (/^tensorflow\/libtensorflow_(cc|framework)\.so\.2$/.test(name)) {
    return path.join(deps, "lib", path.basename(name));
  }
  const header =
    /^tensorflow\/include\/((tensorflow\/c|.*\/platform|.*\/c)\/[^/]*\.h|tensorflow\/c\/.*\.h)$/;
  const match = header.exec(name);
  return match?.[1] && path.join(deps, "include", match[1]);
}

/** Returns the path in deps for a library of NVIDIA's wheels, or for what compiles kernels at run time. */
function cudaFile(name, deps) {
  const needed =
    /^nvidia\/\w+\/lib\/[^/]+\.so[.\d]*$|^nvidia\/cuda_nvcc\/(bin\/ptxas|nvvm\/libdevice\/[^/]+\.bc)$/;
  return needed.test(name) ? path.join(deps, name) : undefined;
}
