import { expect, test } from "vitest";
import { joined, open, run } from "../testing/onnxRun.js";
import { classes, randomArchitecture, randomModel, smallSize } from "../testing/randomModel.js";
import { onnxFiles } from "./file.js";

const { hidden } = smallSize;
const ids = [[2, 50, 60, 3, 0, 0]];
const tokens = 4;

async function outputsOf(modelClass: Parameters<typeof randomModel>[1]) {
  const model = randomModel(randomArchitecture(4), modelClass);
  const [file] = onnxFiles(model);
  if (file === undefined) throw new Error("there is no file");
  const outputs = await run(await open(joined(file)), ids);
  const tensor = (name: string) => model.tensors.get(name)?.data ?? new Float32Array();
  /** Computes features [i] · weight [i, o] + bias [o]. */
  const linear = (name: string, features: readonly number[]) =>
    Array.from(tensor(`${name}.bias`), (bias, column) =>
      features.reduce(
        (sum, each, row) =>
          sum +
          each * (tensor(`${name}.weight`)[row * tensor(`${name}.bias`).length + column] ?? 0),
        bias,
      ),
    );
  const states = [...(outputs["last_hidden_state"]?.data ?? [])];
  const rows = ids[0]?.map((_, at) => states.slice(at * hidden, (at + 1) * hidden)) ?? [];
  return { outputs, linear, rows };
}

function expectClose(found: Float32Array | undefined, expected: readonly number[]): void {
  expect(found).toHaveLength(expected.length);
  expected.forEach((value, at) => expect(found?.[at]).toBeCloseTo(value, 4));
}

test("the classifier takes [CLS] and the mean of tokens that are no padding", async () => {
  const { outputs, linear, rows } = await outputsOf("OpnasForSequenceClassification");
  const [first = []] = rows;
  const mean = first.map(
    (_, at) => rows.slice(0, tokens).reduce((sum, row) => sum + (row[at] ?? 0), 0) / tokens,
  );
  const expected = linear("classifier", [...first, ...mean]);
  expect(expected).toHaveLength(classes);
  expectClose(outputs["logits"]?.data, expected);
});

test("the next-sentence head takes the pooled [CLS]", async () => {
  const { outputs, linear, rows } = await outputsOf("OpnasForPreTraining");
  const pooled = linear("pooler", rows[0] ?? []).map(Math.tanh);
  expectClose(outputs["seq_relationship_logits"]?.data, linear("nextSentence", pooled));
});

test("a span neither begins nor ends at padding", async () => {
  const { outputs, linear, rows } = await outputsOf("OpnasForQuestionAnswering");
  const scores = rows.slice(0, tokens).map((row) => linear("span", row));
  for (const [at, name] of ["start_logits", "end_logits"].entries()) {
    const found = outputs[name]?.data;
    expectClose(
      found?.subarray(0, tokens),
      scores.map((each) => each[at] ?? 0),
    );
    expect(Math.max(...(found?.subarray(tokens) ?? []))).toBeLessThan(-1e38);
  }
});
