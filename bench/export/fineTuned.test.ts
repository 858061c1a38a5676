import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import { type Model, readModel, startEngine, writeModel } from "@opnas/worker";
import {
  benchmark,
  buildBackbone,
  classLogits,
  encodeRow,
  exportModel,
  importModel,
  inScope,
  spanLogits,
  tokenBatch,
  upload,
  weightsOf,
  WordEncoder,
} from "@opnas/worker/internals";
import { tinyModel, writeGlueFolder, writeSquadFolder } from "@opnas/worker/testing";
import { afterAll, beforeAll, expect, test } from "vitest";
import { z } from "zod";
import { pythonWithTorch } from "./python.ts";

const run = promisify(execFile);
/** Milliseconds for a machine on which pip has yet to get PyTorch. */
const firstTime = 1_500_000;

let folder: string;
const at = (name: string) => path.join(folder, name);
const [first, second] = ["The river with the garden.", "Which market does the winter do?"];

/** Loads a folder, applies it to a pair, and prints its outputs and what its configuration says. */
const script = `
import json, sys
from transformers import AutoModelForQuestionAnswering, AutoModelForSequenceClassification, AutoTokenizer
folder, first, second, kind = sys.argv[1:]
auto = AutoModelForQuestionAnswering if kind == "spans" else AutoModelForSequenceClassification
model = auto.from_pretrained(folder, trust_remote_code=True).eval()
tokenizer = AutoTokenizer.from_pretrained(folder, trust_remote_code=True)
output = model(**tokenizer(first, second, return_tensors="pt"))
found = [output.start_logits, output.end_logits] if kind == "spans" else [output.logits]
labels = [model.config.id2label[id] for id in range(model.config.num_labels)]
print(json.dumps({"logits": [each.flatten().tolist() for each in found], "labels": labels}))
`;
const printedForm = z.object({
  logits: z.array(z.array(z.number())),
  labels: z.array(z.string()),
});

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "opnas-fine-tuned-"));
  await startEngine("auto", 1);
  await writeModel(at("model"), tinyModel());
  await writeGlueFolder(at("glue"));
  await writeSquadFolder(at("squad"));
  const training = ["--epochs", "1", "--learning-rates", "1e-3", "--threads", "1", "--keep"];
  const places = ["--model", at("model"), "--out", at("results")];
  const silent = { print: () => undefined, note: () => undefined };
  for (const files of [
    ["--glue", at("glue"), "--tasks", "MNLI,STS-B"],
    ["--squad", at("squad")],
  ]) {
    await benchmark([...files, ...places, ...training], silent, new AbortController().signal);
  }
}, firstTime);
afterAll(() => rm(folder, { recursive: true }));

/** Applies a fine-tuned model of ours to the pair. */
function ourLogits({ architecture, size, vocabulary, weights }: Model): number[][] {
  const row = encodeRow(new WordEncoder(vocabulary), [first, second], size.length);
  return inScope(() => {
    const on = weightsOf(upload(weights, weights.keys()));
    const batch = tokenBatch(Int32Array.from(row), 1, row.length);
    const states = [buildBackbone(size, architecture, "once").encode(on, batch)];
    if (!weights.has("span.weight")) return [[...classLogits(on, states).dataSync()]];
    const spans = [...spanLogits(on, states).dataSync()];
    return [spans.slice(0, row.length), spans.slice(row.length)];
  });
}

test.each([
  ["MNLI", "classes", ["contradiction", "entailment", "neutral"]],
  ["STS-B", "score", ["score"]],
  ["SQuAD-v1.1", "spans", null],
  ["SQuAD-v2.0", "spans", null],
])(
  "a model that was fine-tuned to %s goes to PyTorch with its head, and back",
  async (name, kind, labels) => {
    const model = await readModel(at(`results/models/${name}`));
    expect(model.task?.name).toBe(name.replace("-v", " v"));
    await exportModel(["--model", at(`results/models/${name}`), "--out", at(name)]);
    const env = { ...process.env, HF_MODULES_CACHE: at("modules"), PYTHONDONTWRITEBYTECODE: "1" };
    const args = ["-c", script, at(name), first, second, kind];
    const { stdout } = await run(await pythonWithTorch(), args, { env });
    const theirs = printedForm.parse(JSON.parse(stdout.trim().split("\n").at(-1) ?? ""));
    for (const [index, ours] of ourLogits(model).entries()) {
      expect(theirs.logits[index]?.length).toBe(ours.length);
      for (const [place, logit] of ours.entries()) {
        expect(theirs.logits[index]?.[place]).toBeCloseTo(logit, 4);
      }
    }
    if (labels !== null) expect([...theirs.labels].sort()).toEqual(labels);
    if (kind === "classes") expect(theirs.labels).toEqual(model.task?.labels);
    await importModel([at(name), "--out", at(`${name}-again`)]);
    const again = await readModel(at(`${name}-again`));
    expect({ ...again, weights: null }).toEqual({ ...model, weights: null });
    const files = [`results/models/${name}`, `${name}-again`].map((each) =>
      readModel(at(each)).then(({ weights }) => new Map([...weights].sort())),
    );
    const [before, after] = await Promise.all(files);
    for (const [key, { data }] of before ?? []) expect(after?.get(key)?.data, key).toEqual(data);
  },
  firstTime,
);

test(
  "a fine-tuned model goes to ONNX, and is fine-tuned further",
  async () => {
    const mnli = ["--model", at("results/models/MNLI")];
    const files = await exportModel([...mnli, "--out", at("onnx"), "--format", "onnx"]);
    expect(files).toContain("model.onnx");
    const args = ["--glue", at("glue"), "--tasks", "RTE", "--epochs", "1", "--threads", "1"];
    const places = [...mnli, "--out", at("further")];
    const silent = { print: () => undefined, note: () => undefined };
    await benchmark([...args, ...places], silent, new AbortController().signal);
    const result: unknown = JSON.parse(await readFile(at("further/glue.json"), "utf8"));
    expect(result).toMatchObject({ tasks: [{ task: "RTE" }] });
  },
  firstTime,
);
