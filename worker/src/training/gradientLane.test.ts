import { bertLayer, type ModelSize } from "@opnas/core";
import { expect, test } from "vitest";
import { buildBackbone } from "../model/backbone.js";
import { initialWeights } from "../model/parameters.js";
import { sharedTensors } from "../model/tensors.js";
import { Lane } from "./gradientLane.js";

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
  const lane = await Lane.start("wasm", older, weights);
  await lane.end();
});

test("a thread that cannot start says why", async () => {
  await expect(Lane.start("wasm", { ...size, hidden: 4 }, weights)).rejects.toThrow(
    /A second thread could not start the engine: .*at size\.hidden/s,
  );
});
