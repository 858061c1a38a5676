// Makes the native engine (tfjs-node with libtensorflow) once per machine, in a cache outside of
// the checkout. Exit code 0: a native engine is there, or none is wanted. 3: there is none, so
// training will use WebAssembly; the last line says why.
import { mkdirSync, readdirSync, rmSync, statfsSync } from "node:fs";
import path from "node:path";
import * as build from "./build.mjs";
import { withLock } from "./lock.mjs";
import { cacheFolder, engineFolder, installedEngine, seesNvidia } from "./location.mjs";
import { StepFailed, folderSize } from "./run.mjs";

const NO_NATIVE_ENGINE = 3;
const NEEDED_BYTES = 2.5e9;

const asked = process.env.OPNAS_ENGINE || "auto";
const log = path.join(cacheFolder(), "engine", `install-${process.pid}.log`);

process.exitCode = await main();

async function main() {
  if (asked === "wasm" || asked === "webgpu") {
    say(`${asked} was asked for; no native engine is needed`);
    return 0;
  }
  const wanted =
    asked === "auto" ? (seesNvidia() ? ["tensorflow-gpu", "tensorflow"] : ["tensorflow"]) : [asked];
  const reasons = [];
  for (const engine of wanted) {
    const ready = installedEngine(engine);
    if (ready) {
      say(`${engine} is ready (libtensorflow ${ready.libtensorflow}, ${ready.folder})`);
      return 0;
    }
    try {
      await install(engine);
      rmSync(log, { force: true });
      return 0;
    } catch (error) {
      if (!(error instanceof StepFailed)) throw error;
      reasons.push(`${engine}: ${error.message}`);
    }
  }
  say(`no native engine, training will use WebAssembly. ${reasons.join(". ")}. Details: ${log}`);
  return NO_NATIVE_ENGINE;
}

async function install(engine) {
  const target = engineFolder(engine);
  makeRoom(path.dirname(target));
  const waiting = () => say("another process is making the engine; waiting for it");
  await withLock(`${target}.lock`, waiting, async () => {
    if (installedEngine(engine)) return say(`${engine} is ready, made by another process`);
    for (const name of readdirSync(path.dirname(target))) {
      // Left by an install that was killed.
      if (name.startsWith(`${path.basename(target)}.building`)) {
        rmSync(path.join(path.dirname(target), name), { recursive: true, force: true });
      }
    }
    const folder = `${target}.building-${process.pid}`;
    try {
      const record = await make(engine, folder, `${target}.download`);
      build.publish(folder, target, record);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
    say(`${engine} is ready: ${megabytes(folderSize(target))} in ${target}`);
  });
}

/** Makes the engine in `folder` and gives the record of what it is. */
async function make(engine, folder, downloads) {
  await step("reaching npm's registry", (s) => build.reachNpm(s));
  await step("packages of TensorFlow.js", (s) => build.installPackages(folder, engine, s));
  let origin = "official download";
  try {
    await step("official download of libtensorflow", (s) =>
      build.officialLibrary(folder, engine, s),
    );
  } catch (error) {
    if (!(error instanceof StepFailed)) throw error;
    say("building against the library of PyPI's wheel instead");
    origin = await otherWay(engine, folder, downloads);
  }
  await step("removing what is not needed", (s) => build.makeLean(folder, engine, s));
  const facts = await step("loading it and computing", (s) => build.verify(folder, engine, s));
  return { origin, libtensorflow: facts.libtensorflow, madeAt: new Date().toISOString() };
}

async function otherWay(engine, folder, downloads) {
  const tools = await build.wheelTools({ log });
  if (build.lacksOnlyBinding(folder, engine)) {
    await step("compiling the binding", (s) =>
      build.compileBinding(folder, engine, tools.compiler, s),
    );
    return "official library, binding compiled here";
  }
  await step("libtensorflow from PyPI, about 230 MB, and the binding", (s) =>
    build.wheelLibrary(folder, engine, tools, downloads, s),
  );
  return "PyPI's wheel, binding compiled here";
}

/** Does one step, saying how long it took and, every five seconds, how far it is. */
async function step(name, work) {
  const startedAt = Date.now();
  const seconds = () => `${((Date.now() - startedAt) / 1000).toFixed(1)} s`;
  let saidAt = startedAt;
  const onGrowth = (bytes) => {
    if (Date.now() - saidAt < 5000) return;
    saidAt = Date.now();
    say(`${name}: ${megabytes(bytes)} so far, ${seconds()}`);
  };
  try {
    const result = await work({ log, onGrowth });
    say(`${name}: done, ${seconds()}`);
    return result;
  } catch (error) {
    if (error instanceof StepFailed) {
      error.message = `${name} failed after ${seconds()}: ${error.message}`;
      say(error.message);
    }
    throw error;
  }
}

function makeRoom(folder) {
  try {
    mkdirSync(folder, { recursive: true });
    const { bavail, bsize } = statfsSync(folder);
    if (bavail * bsize < NEEDED_BYTES) {
      throw new StepFailed(
        `${folder} needs ${megabytes(NEEDED_BYTES)} of free space (OPNAS_CACHE_DIR moves it)`,
      );
    }
  } catch (error) {
    if (error instanceof StepFailed) throw error;
    throw new StepFailed(`cannot write to ${folder}: ${error.message} (OPNAS_CACHE_DIR moves it)`);
  }
}

function megabytes(bytes) {
  return `${Math.round(bytes / 1e6)} MB`;
}

function say(text) {
  console.log(`engine: ${text}`);
}
