import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { autobertZeroBase, withDepth } from "@opnas/core";
import { describe, expect, test } from "vitest";
import { joined, open, run } from "../testing/onnxRun.js";
import { classes, randomArchitecture, randomModel, smallSize } from "../testing/randomModel.js";
import { onnxDataName, onnxFileName, onnxFiles } from "./file.js";

const sentence = [2, 50, 60, 70, 3];
const padded = [...sentence, 0, 0, 0];
const longer = [2, 11, 12, 13, 14, 15, 16, 3];
const { hidden, vocabulary } = smallSize;

function fileOf(...model: Parameters<typeof randomModel>): Uint8Array {
  const [file] = onnxFiles(randomModel(...model));
  if (file === undefined) throw new Error("there is no file");
  return joined(file);
}

describe("an ONNX file", () => {
  test.each([1, 2, 3, 4, 5])(
    "gives a sentence's states alone and padded (seed %i)",
    async (seed) => {
      const session = await open(fileOf(randomArchitecture(seed), "OpnasModel"));
      const alone = (await run(session, [sentence]))["last_hidden_state"];
      const both = (await run(session, [padded, longer]))["last_hidden_state"];
      expect(alone?.shape).toEqual([1, 5, hidden]);
      expect(both?.shape).toEqual([2, 8, hidden]);
      alone?.data.forEach((value, at) => expect(both?.data[at]).toBeCloseTo(value, 4));
    },
  );

  test("takes sentences from one token up to the longest", async () => {
    const session = await open(fileOf(withDepth(autobertZeroBase, 3), "OpnasModel"));
    for (const length of [1, 2, smallSize.length]) {
      const outputs = await run(session, [Array.from({ length }, (_, at) => 5 + at)]);
      expect(outputs["last_hidden_state"]?.shape).toEqual([1, length, hidden]);
      expect(outputs["last_hidden_state"]?.data.every(Number.isFinite)).toBe(true);
    }
  });

  test("adds the embedding of the second segment", async () => {
    const session = await open(fileOf(randomArchitecture(1), "OpnasModel"));
    const [one, two] = [
      await run(session, [sentence]),
      await run(session, [sentence], [[0, 0, 0, 1, 1]]),
    ];
    expect(two["last_hidden_state"]?.data).not.toEqual(one["last_hidden_state"]?.data);
  });

  test.each([
    ["OpnasForMaskedLM", { logits: [2, 8, vocabulary] }],
    [
      "OpnasForPreTraining",
      { prediction_logits: [2, 8, vocabulary], seq_relationship_logits: [2, 2] },
    ],
    ["OpnasForSequenceClassification", { logits: [2, classes] }],
    ["OpnasForQuestionAnswering", { start_logits: [2, 8], end_logits: [2, 8] }],
  ] as const)("has the outputs of %s", async (modelClass, expected) => {
    const session = await open(fileOf(randomArchitecture(2), modelClass));
    const outputs = await run(session, [padded, longer]);
    const shapes = Object.entries(outputs).map(([name, { shape }]) => [name, shape] as const);
    expect(Object.fromEntries(shapes)).toEqual({ last_hidden_state: [2, 8, hidden], ...expected });
  });

  test("names operations and tensors after their places in the model", () => {
    const text = Buffer.from(fileOf(withDepth(autobertZeroBase, 3), "OpnasForMaskedLM")).toString(
      "latin1",
    );
    for (const name of [
      "opnas.embeddings.token.weight",
      "opnas.layers.0.mixing.kernel",
      "opnas.layers.1.mixing.query.weight",
      "opnas.layers.1.expand.bias",
      "masked_head.decoder",
    ]) {
      expect(text).toContain(name);
    }
  });

  test("is refused without a tensor, by its name", () => {
    const model = randomModel(randomArchitecture(1), "OpnasModel");
    const tensors = new Map(model.tensors);
    tensors.delete("embedding.norm.bias");
    expect(() => onnxFiles({ ...model, tensors })).toThrow('no tensor "embedding.norm.bias"');
  });
});

test("tensors in a file of their own give the same model", async () => {
  const folder = await mkdtemp(path.join(tmpdir(), "opnas-onnx-"));
  try {
    const model = randomModel(randomArchitecture(3), "OpnasForMaskedLM");
    const files = onnxFiles(model, { mostInOneFile: 4096 });
    expect(files.map(({ name }) => name)).toEqual([onnxFileName, onnxDataName]);
    for (const file of files) await writeFile(path.join(folder, file.name), joined(file));
    const apart = await run(await open(path.join(folder, onnxFileName)), [padded, longer]);
    const whole = await run(await open(fileOf(model.architecture, model.modelClass)), [
      padded,
      longer,
    ]);
    expect(apart).toEqual(whole);
  } finally {
    await rm(folder, { recursive: true });
  }
});
