import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { type ModelSize, referenceBackbones, sampleBackbone, stream } from "@opnas/core";
import { startEngine } from "@opnas/worker";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { caseOf } from "./cases.ts";
import type { GraphDifferences } from "./compareFolder.ts";
import { compareOnnx } from "./onnx.ts";
import { type Side, startTfjs } from "./sides.ts";
import { type Case, writeCase } from "./writeCase.ts";

let folder: string;
let tfjs: Side[];
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "opnas-graphs-"));
  await startEngine("auto", 1);
  tfjs = [await startTfjs("cpu"), await startTfjs("wasm")];
});
afterAll(async () => {
  tfjs.forEach((side) => side.end());
  await rm(folder, { recursive: true });
});

const size: ModelSize = {
  layers: 4,
  hidden: 16,
  heads: 2,
  vocabulary: 256,
  length: 40,
  rawKernels: false,
};

async function expectEqual(each: Case): Promise<void> {
  const place = path.join(folder, each.seed.toString());
  await writeCase(place, each);
  expectClose(await compareOnnx(place));
  for (const side of tfjs) expectClose(await side.compare(place));
}

function expectClose({ hidden, logits, alone }: GraphDifferences): void {
  expect(hidden).toBeLessThan(1e-4);
  expect(logits).toBeLessThan(1e-4);
  expect(alone).toBeLessThan(1e-4);
}

describe("an ONNX file in onnxruntime and a GraphModel in TensorFlow.js give our own numbers", () => {
  test.each(referenceBackbones(size.layers))("for $name", async ({ architecture, reference }) => {
    await expectEqual({ architecture, size, seed: 100 + reference.length });
  });

  test.each([1, 2, 3, 4, 5, 6, 7, 8])("for a sampled backbone (seed %i)", async (seed) => {
    const architecture = sampleBackbone(size.layers, 12, stream(seed, "architecture"));
    const heads = seed % 2 === 0 ? 4 : 1;
    await expectEqual({
      architecture,
      size: { ...size, heads, rawKernels: seed % 3 === 0 },
      seed,
    });
  });

  test.each([5, 101])("for a backbone whose rows are near one another (case %i)", (index) =>
    expectEqual(caseOf(1, index)),
  );
});
