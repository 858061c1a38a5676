import { copyFileSync, existsSync, readFileSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { constants } from "node:os";
import path from "node:path";
import { isMainThread, threadId } from "node:worker_threads";
import { OpnasError } from "@opnas/core";
import {
  installedEngine,
  seesNvidia,
  TFJS_VERSION,
  type NativeEngine,
} from "../../native/location.mjs";
import { chooseEngine, type Attempt, type EngineChoice, type EngineName } from "./choose.js";
import { isFetchAddon, nativeFetch, useFetch } from "./hostTensor.js";
import { areHostLoops, useHostLoops } from "./hostLoops.js";
import { assemblyKernels } from "./kernels/assembly.js";
import { tensorflowKernels } from "./kernels/tensorflow.js";
import { registerUnsortedSegmentSum, wasmKernels, replaceSlowOperations } from "./kernels/wasm.js";
import { WasmMemory } from "./kernels/wasmMemory.js";
import { isRecordingAddon, useRecordings } from "./recording/load.js";
import { useEngine, type TensorFlow } from "./tf.js";

/** Our own operations for WebAssembly, compiled by `npm run build` from worker/native/wasm. */
const assembly = new URL("../../dist/kernels.wasm", import.meta.url);

/** The engine that `startEngine` started. */
export interface StartedEngine {
  name: EngineName;
  /** Versions of TensorFlow.js and of the library below it. */
  version: string;
  /** Threads that one operation may use. */
  threads: number;
  /** One sentence for each better engine that does not run. */
  reasons: readonly string[];
}

/**
 * Starts the engine that this process uses from now on; `tf` and the composites work only after it.
 * To be called once per process, before anything else loads TensorFlow.js.
 *
 * @param threads of one operation: small models train fastest with one thread per process and as
 *   many processes as cores (decision 0006); the WebAssembly engine always has one
 * @throws OpnasError `ENGINE_UNAVAILABLE`
 */
export async function startEngine(choice: EngineChoice, threads: number): Promise<StartedEngine> {
  const { name, running, reasons } = await chooseEngine(choice, (engine) =>
    attempt(engine, threads),
  );
  return { name, version: running, threads: name === "wasm" ? 1 : threads, reasons };
}

async function attempt(name: EngineName, threads: number): Promise<Attempt<string>> {
  switch (name) {
    case "tensorflow-gpu":
    case "tensorflow":
      return startNative(name, threads);
    case "wasm":
      return { running: await startWasm() };
  }
}

function startNative(name: NativeEngine, threads: number): Attempt<string> {
  const installed = installedEngine(name);
  if (!installed) return { reason: whyAbsent(name) };
  // Read by libtensorflow when it is loaded.
  process.env["TF_CPP_MIN_LOG_LEVEL"] ??= "2";
  process.env["TF_NUM_INTRAOP_THREADS"] = String(threads);
  process.env["TF_NUM_INTEROP_THREADS"] = "1";
  replaceDeprecatedUtil();
  if (!isMainThread) takeOwnBinding();
  try {
    const tf = load(path.join(installed.folder, "package.json"), installed.addon);
    if (installed.kernels) {
      const exported: unknown = createRequire(import.meta.url)(installed.kernels);
      if (areHostLoops(exported)) useHostLoops(exported);
      if (isRecordingAddon(exported)) useRecordings(exported);
      if (isFetchAddon(exported)) useFetch(nativeFetch(exported));
    }
    useEngine(tf, tensorflowKernels(tf, { fused: installed.kernels !== undefined }));
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    return { reason: `it is installed in ${installed.folder} but does not load (${message}).` };
  }
  const kernels = installed.kernels ? ", fused operations" : "";
  return { running: `${TFJS_VERSION} (libtensorflow ${installed.libtensorflow}${kernels})` };
}

function whyAbsent(name: NativeEngine): string {
  return name === "tensorflow-gpu" && !seesNvidia()
    ? "no NVIDIA GPU with a driver was found."
    : "it is not installed; `node worker/native/install.mjs` installs it or says what it lacks.";
}

async function startWasm(): Promise<string> {
  const tf = load(import.meta.url, "@tensorflow/tfjs");
  createRequire(import.meta.url)("@tensorflow/tfjs-backend-wasm");
  if (!(await tf.setBackend("wasm"))) {
    throw new OpnasError("ENGINE_UNAVAILABLE", "TensorFlow.js could not start WebAssembly.");
  }
  await tf.ready();
  registerUnsortedSegmentSum(tf);
  const plain = wasmKernels(tf);
  const bytes = existsSync(assembly) ? readFileSync(assembly) : undefined;
  if (!bytes || !WebAssembly.validate(bytes)) {
    useEngine(tf, plain);
    return tf.version.tfjs;
  }
  const own = new WasmMemory(tf, new WebAssembly.Module(bytes));
  replaceSlowOperations(tf, own);
  useFetch((tensors, arrays) => {
    for (const [index, tensor] of tensors.entries()) arrays[index]?.set(own.numbersOf(tensor));
  });
  useEngine(tf, assemblyKernels(tf, own, plain));
  return `${tf.version.tfjs} (fused operations)`;
}

function load(from: string, name: string): TensorFlow {
  const loaded: unknown = createRequire(from)(name);
  if (!isTensorFlow(loaded)) throw new OpnasError("INTERNAL", `${name} is not TensorFlow.js.`);
  return loaded;
}

function isTensorFlow(loaded: unknown): loaded is TensorFlow {
  return typeof loaded === "object" && loaded !== null && "customGrad" in loaded;
}

/**
 * Loads a copy of tfjs-node's binding for this thread: the binding keeps names of attributes in a
 * set that is not safe for several threads, and a library is loaded once per file.
 */
function takeOwnBinding(): void {
  const dlopen = process.dlopen.bind(process);
  process.dlopen = (module: object, file: string, flags = constants.dlopen.RTLD_LAZY) => {
    if (!file.endsWith("tfjs_binding.node")) {
      dlopen(module, file, flags);
      return;
    }
    const copy = file.replace(/\.node$/, `.${process.pid}-${threadId}.node`);
    copyFileSync(file, copy);
    try {
      dlopen(module, copy, flags);
    } finally {
      // What is loaded needs its name no longer, except on Windows.
      if (process.platform !== "win32") rmSync(copy);
    }
  };
}

/** Replaces two functions that tfjs-node calls and that Node deprecated (and removed in 23). */
function replaceDeprecatedUtil(): void {
  const util: unknown = createRequire(import.meta.url)("node:util");
  Object.assign(Object(util), {
    isArray: Array.isArray,
    isNullOrUndefined: (value: unknown) => value === undefined || value === null,
  });
}
