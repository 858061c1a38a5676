import { bertLayer, type ModelSize } from "@opnas/core";
import { expect, test } from "vitest";
import { buildBackbone } from "../model/backbone.js";
import { initialWeights } from "../model/parameters.js";
import { sharedTensors } from "../model/tensors.js";
import { GradientThread } from "./gradientThreads.js";

const size: ModelSize = {
  layers: 1,
  hidden: 8,
  heads: 2,
  vocabulary: 256,
  length: 8,
  rawKernels: false,
};
const { parameters } = buildBackbone(size, { version: 1, layers: [bertLayer] });
const weights = sharedTensors(initialWeights(parameters, 1));

test("a thread takes the defaults of a size's younger settings", async () => {
  const older = { ...size };
  Reflect.deleteProperty(older, "rawKernels");
  const thread = await GradientThread.start("wasm", older, weights);
  await thread.end();
});

test("a thread that cannot start says why", async () => {
  await expect(GradientThread.start("wasm", { ...size, hidden: 4 }, weights)).rejects.toThrow(
    /A gradient thread could not start the engine: .*at size\.hidden/s,
  );
});
