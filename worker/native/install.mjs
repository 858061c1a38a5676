// Installs the native engine (tfjs-node with libtensorflow) once per machine, in a cache outside of
// the checkout. Exit code 0: a native engine is installed, or none is wanted. 3: there is none, so
// training will use WebAssembly; the last line says why. 2: OPNAS_ENGINE names no engine.
// For building images: --wheel takes PyPI's library without trying the official download, and
// --without-gpu accepts tensorflow-gpu on a machine that has no GPU to try it on.
import { accessSync, constants, mkdirSync, rmSync, statfsSync } from "node:fs";
import path from "node:path";
import * as build from "./build.mjs";
import * as wheels from "./wheel.mjs";
import { withLock } from "./lock.mjs";
import { cacheFolder, engineFolder, flavours, installedEngine, seesNvidia } from "./location.mjs";
import { StepFailed, asStepFailed, folderSize } from "./run.mjs";

const BAD_SETTING = 2;
const NO_NATIVE_ENGINE = 3;
/** Free space in bytes that making an engine takes: downloads and what is unpacked from them. */
const neededBytes = { tensorflow: 2.5e9, "tensorflow-gpu": 9e9 };

const onlyWheel = process.argv.includes("--wheel");
const withoutGpu = process.argv.includes("--without-gpu");
const asked = process.env.OPNAS_ENGINE || "auto";
const log = path.join(cacheFolder(), "engine", `install-${process.pid}.log`);

process.exitCode = await main();

async function main() {
  if (asked === "wasm") {
    say("wasm was asked for; no native engine is needed");
    return 0;
  }
  if (asked !== "auto" && !(asked in flavours)) {
    say(
      `OPNAS_ENGINE=${asked} is no engine; it may be auto, ${[...Object.keys(flavours), "wasm"].join(", ")}`,
    );
    return BAD_SETTING;
  }
  const wanted =
    asked === "auto" ? (seesNvidia() ? ["tensorflow-gpu", "tensorflow"] : ["tensorflow"]) : [asked];
  const reasons = [];
  for (const engine of wanted) {
    try {
      if (!isComplete(engine)) await install(engine);
    } catch (thrown) {
      const error = asStepFailed(thrown);
      if (!(error instanceof StepFailed)) throw error;
      reasons.push(`${engine}: ${error.message}`);
    }
    const ready = installedEngine(engine);
    if (ready) {
      rmSync(log, { force: true });
      say(
        `${engine} is ready (libtensorflow ${ready.libtensorflow}, ${ready.origin}, ${ready.folder})`,
      );
      return 0;
    }
  }
  const outcome =
    asked === "auto" ? "no native engine, training will use WebAssembly" : `${asked} cannot be had`;
  say(`${outcome}. ${reasons.join(". ")}. Details: ${log}`);
  return NO_NATIVE_ENGINE;
}

/** Returns true if the engine is installed with our own operations, which are for the CPU only. */
function isComplete(engine) {
  const installed = installedEngine(engine);
  return installed && (installed.kernels || engine === "tensorflow-gpu");
}

async function install(engine) {
  const target = engineFolder(engine);
  requireSpace(path.dirname(target), installedEngine(engine) ? 0 : neededBytes[engine]);
  const waiting = () => say("another process is making the engine; waiting for it");
  await withLock(`${target}.lock`, waiting, async () => {
    if (!installedEngine(engine)) {
      // An attempt that fails keeps what it downloaded, and the next one continues from there.
      const folder = `${target}.building`;
      build.publish(folder, target, await make(engine, folder, `${target}.download`));
      say(`${engine} takes ${megabytes(folderSize(target))}`);
    }
    if (!isComplete(engine)) await addKernels(engine, target);
  });
}

/** Compiles our own operations, which make training faster; an engine works without them, too. */
async function addKernels(engine, target) {
  try {
    await step("compiling the fused operations", async (s) =>
      build.compileKernels(target, engine, await build.findCompiler(s), s),
    );
  } catch (error) {
    if (!(error instanceof StepFailed)) throw error;
    say("training will be about half as fast without them");
  }
}

/** Makes the engine in `folder` and returns the record for `engine.json`. */
async function make(engine, folder, downloads) {
  if (!build.hasPackages(folder)) {
    await step("reaching npm's registry", (s) => build.reachNpm(s));
    await step("packages of TensorFlow.js", (s) => build.installPackages(folder, engine, s));
  }
  const origin = await library(engine, folder, downloads);
  await step("removing debug symbols", (s) => build.stripLibraries(folder, engine, s));
  const facts = await step("loading it and computing", (s) => build.verify(folder, engine, s));
  if (engine === "tensorflow-gpu" && !facts.gpu && !withoutGpu) {
    throw new StepFailed(
      "TensorFlow found no GPU it can use (does `nvidia-smi` show one, and is its driver new enough for CUDA 12?)",
    );
  }
  return { origin, libtensorflow: facts.libtensorflow, madeAt: new Date().toISOString() };
}

/**
 * Gets libtensorflow and the binding; returns where they are from. The official download comes
 * first on a CPU. Its library for GPUs is of TensorFlow 2.9 for CUDA 11, so there PyPI's comes first.
 */
async function library(engine, folder, downloads) {
  if (onlyWheel) return buildOnWheel(engine, folder, downloads);
  const sources = [official, buildOnWheel];
  const [first, second] = engine === "tensorflow-gpu" ? sources.reverse() : sources;
  try {
    return await first(engine, folder, downloads);
  } catch (error) {
    if (!(error instanceof StepFailed)) throw error;
    say(`trying ${second === official ? "the official download" : "PyPI's wheel"} instead`);
    return second(engine, folder, downloads);
  }
}

async function official(engine, folder) {
  await step("official download of libtensorflow", (s) => build.officialLibrary(folder, engine, s));
  return "official download";
}

/** Makes the engine with the libraries of PyPI's wheels. */
async function buildOnWheel(engine, folder, downloads) {
  const { compiler, pip } = await wheels.wheelTools({ log });
  const forGpu = engine === "tensorflow-gpu";
  const size = forGpu ? "620 MB" : "230 MB";
  const wheel = await step(`libtensorflow from PyPI, about ${size}`, (s) =>
    wheels.tensorflowWheel(engine, pip, downloads, s),
  );
  await step("unpacking it and compiling the binding", (s) =>
    wheels.wheelLibrary(folder, engine, wheel, compiler, s),
  );
  if (forGpu) {
    await step("CUDA libraries from PyPI, about 1.8 GB", (s) =>
      wheels.cudaLibraries(folder, engine, wheel, pip, downloads, s),
    );
  }
  rmSync(downloads, { recursive: true, force: true });
  return forGpu
    ? "PyPI's wheels with their CUDA libraries, binding compiled here"
    : "PyPI's wheel, binding compiled here";
}

/** Runs a step; prints its progress every five seconds and the seconds it took. */
async function step(name, work) {
  const startedAt = Date.now();
  const seconds = () => `${((Date.now() - startedAt) / 1000).toFixed(1)} s`;
  let printedAt = startedAt;
  const onGrowth = (bytes) => {
    if (Date.now() - printedAt < 5000) return;
    printedAt = Date.now();
    say(`${name}: ${megabytes(bytes)} so far, ${seconds()}`);
  };
  try {
    const result = await work({ log, onGrowth });
    say(`${name}: done, ${seconds()}`);
    return result;
  } catch (thrown) {
    const error = asStepFailed(thrown);
    if (error instanceof StepFailed) {
      error.message = `${name} failed after ${seconds()}: ${error.message}`;
      say(error.message);
    }
    throw error;
  }
}

/** Fails if the folder cannot be written or its disk has less free space. */
function requireSpace(folder, bytes) {
  const move = "set OPNAS_CACHE_DIR to a folder elsewhere";
  try {
    mkdirSync(folder, { recursive: true });
    accessSync(folder, constants.W_OK);
  } catch (error) {
    throw new StepFailed(`cannot write to ${folder} (${error.code}); ${move}`);
  }
  const { bavail, bsize } = statfsSync(folder);
  if (bavail * bsize < bytes) {
    throw new StepFailed(`${folder} needs ${megabytes(bytes)} of free space; ${move}`);
  }
}

function megabytes(bytes) {
  return `${Math.round(bytes / 1e6)} MB`;
}

function say(text) {
  console.log(`engine: ${text}`);
}
