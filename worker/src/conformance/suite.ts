import { beforeAll, describe, expect, test } from "vitest";
import { installedEngine } from "../../native/location.mjs";
import { describeReferenceLayers } from "./pytorch/layers.js";
import { describeReferenceLosses } from "./pytorch/losses.js";
import type { EngineName } from "../engine/choose.js";
import { tensorflowKernels } from "../engine/kernels/tensorflow.js";
import { wasmKernels } from "../engine/kernels/wasm.js";
import { useRecordings } from "../engine/recording/load.js";
import { startEngine } from "../engine/start.js";
import { tf, useEngine } from "../engine/tf.js";
import { describeBlocks } from "./blocks.js";
import { describeHostLoops } from "./hostLoops.js";
import { describeFetch, describeKeptMemory, describeSameBits } from "./memory.js";
import { describeOperations } from "./operations.js";
import { describeRecordings } from "./recordings.js";
import { describeReference } from "./reference.js";

/**
 * Describes everything that all engines must compute alike. A process can run one engine only, so
 * each engine has a test file of its own that calls this function.
 */
export function describeConformance(engine: EngineName): void {
  const present = engine === "wasm" || installedEngine(engine);
  if (!present) {
    test(`${engine} is not installed, and asking for it is refused`, async () => {
      await expect(startEngine(engine, 1)).rejects.toMatchObject({ code: "ENGINE_UNAVAILABLE" });
    });
    return;
  }
  describe(engine, () => {
    beforeAll(async () => {
      const started = await startEngine(engine, 1);
      expect(started.name).toBe(engine);
      expect(started.reasons).toEqual([]);
      // `npm run build` makes WebAssembly's own operations; natively they need a compiler.
      if (engine === "wasm") expect(started.version).toContain("fused operations");
    });
    describeAll();
    describeHostLoops();
    describeFetch();

    describe("without our own operations", () => {
      beforeAll(() => {
        const plain = engine === "wasm" ? wasmKernels(tf) : tensorflowKernels(tf, { fused: false });
        useEngine(tf, plain);
        useRecordings(undefined);
      });
      describeAll();
    });
  });
}

function describeAll(): void {
  describeOperations();
  describeBlocks();
  describeReference();
  describeReferenceLayers();
  describeReferenceLosses();
  describeRecordings();
  describeKeptMemory();
  describeSameBits();
}
