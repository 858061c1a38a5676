import { autobertZeroBase, withDepth } from "@opnas/core";
import { describe, expect, test } from "vitest";
import { joined, open, run as runOnnx } from "../testing/onnxRun.js";
import { classes, randomArchitecture, randomModel, smallSize } from "../testing/randomModel.js";
import { load, run } from "../testing/tfjsRun.js";
import { onnxFiles } from "../onnx/file.js";
import { tfjsFiles } from "./file.js";

const sentence = [2, 50, 60, 70, 3];
const padded = [...sentence, 0, 0, 0];
const longer = [2, 11, 12, 13, 14, 15, 16, 3];
const { hidden, vocabulary } = smallSize;

describe("a GraphModel of TensorFlow.js", () => {
  test.each([1, 2, 3, 4, 5])(
    "gives a sentence's states alone and padded (seed %i)",
    async (seed) => {
      const model = await load(randomModel(randomArchitecture(seed), "OpnasModel"));
      const alone = (await run(model, [sentence]))["last_hidden_state"];
      const both = (await run(model, [padded, longer]))["last_hidden_state"];
      expect(alone?.shape).toEqual([1, 5, hidden]);
      expect(both?.shape).toEqual([2, 8, hidden]);
      alone?.data.forEach((value, at) => expect(both?.data[at]).toBeCloseTo(value, 4));
    },
  );

  test("takes sentences from one token up to the longest", async () => {
    const model = await load(randomModel(withDepth(autobertZeroBase, 3), "OpnasModel"));
    for (const length of [1, 2, smallSize.length]) {
      const outputs = await run(model, [Array.from({ length }, (_, at) => 5 + at)]);
      expect(outputs["last_hidden_state"]?.shape).toEqual([1, length, hidden]);
      expect(outputs["last_hidden_state"]?.data.every(Number.isFinite)).toBe(true);
    }
  });

  test.each([
    ["OpnasForMaskedLM", { logits: [2, 8, vocabulary] }],
    [
      "OpnasForPreTraining",
      { prediction_logits: [2, 8, vocabulary], seq_relationship_logits: [2, 2] },
    ],
    ["OpnasForSequenceClassification", { logits: [2, classes] }],
    ["OpnasForQuestionAnswering", { start_logits: [2, 8], end_logits: [2, 8] }],
  ] as const)("has the outputs of %s, as ONNX has them", async (modelClass, expected) => {
    const made = randomModel(randomArchitecture(2), modelClass);
    const segments = [padded, longer].map((row) => row.map((_, at) => (at < 3 ? 0 : 1)));
    const outputs = await run(await load(made), [padded, longer], segments);
    const shapes = Object.entries(outputs).map(([name, { shape }]) => [name, shape] as const);
    expect(Object.fromEntries(shapes)).toEqual({ last_hidden_state: [2, 8, hidden], ...expected });
    const [file] = onnxFiles(made);
    if (file === undefined) throw new Error("there is no file");
    const theirs = await runOnnx(await open(joined(file)), [padded, longer], segments);
    for (const [name, { data }] of Object.entries(outputs)) {
      data.forEach((value, at) => expect(value).toBeCloseTo(theirs[name]?.data[at] ?? NaN, 4));
    }
  });

  test("names operations and tensors after their places in the model", () => {
    const files = tfjsFiles(randomModel(withDepth(autobertZeroBase, 3), "OpnasForMaskedLM"));
    const json = files.find(({ name }) => name === "model.json");
    const text = json && Buffer.from(joined(json)).toString();
    for (const name of [
      "opnas.embeddings.token.weight",
      "opnas.layers.0.mixing.kernel",
      "opnas.layers.1.mixing.query.weight",
      "opnas.layers.1.expand.bias",
      "masked_head.decoder",
    ]) {
      expect(text).toContain(`"name":"${name}"`);
    }
  });

  test("has its weights in files of 4 MiB", () => {
    const size = { ...smallSize, vocabulary: 300_000 };
    const files = tfjsFiles(randomModel(randomArchitecture(1), "OpnasModel", size));
    const lengths = files
      .filter(({ name }) => name.startsWith("group1-shard"))
      .map(({ name, pieces }) => [name, pieces.reduce((sum, { length }) => sum + length, 0)]);
    expect(lengths.slice(0, 2)).toEqual([
      ["group1-shard1of3.bin", 4 * 2 ** 20],
      ["group1-shard2of3.bin", 4 * 2 ** 20],
    ]);
  });

  test("is refused without a tensor, by its name", () => {
    const model = randomModel(randomArchitecture(1), "OpnasModel");
    const tensors = new Map(model.tensors);
    tensors.delete("embedding.norm.bias");
    expect(() => tfjsFiles({ ...model, tensors })).toThrow('no tensor "embedding.norm.bias"');
  });
});
