import { execFile } from "node:child_process";
import { copyFile, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { bertLayer } from "@opnas/core";
import { type Model, readModel, readTensors, startEngine, writeModel } from "@opnas/worker";
import {
  buildBackbone,
  encodeRow,
  exportModel,
  importModel,
  initialWeights,
  inScope,
  maskedLogits,
  pairParameters,
  piecesOf,
  spanLogits,
  tf,
  type Tensor,
  tokenBatch,
  upload,
  weightsOf,
  WordEncoder,
} from "@opnas/worker/internals";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { z } from "zod";
import { pythonWithTorch } from "../export/python.ts";

const run = promisify(execFile);
const root = fileURLToPath(new URL("../..", import.meta.url));
/** Milliseconds for a machine on which pip has yet to get PyTorch. */
const firstTime = 1_500_000;

let folder: string;
const at = (name: string) => path.join(folder, name);

/** The vocabulary in BERT's order: the special tokens are not the first. */
const words = [
  "[PAD]",
  ...Array.from({ length: 4 }, (_, index) => `[unused${index}]`),
  "[UNK]",
  "[CLS]",
  "[SEP]",
  "[MASK]",
  ..."the The a A cat dog river run RUN Café café cafe naive naïve don t s € £ ² ° 北 京 ああ".split(
    " ",
  ),
  ..."##ning ##s ##5 ##0 ##é ##e ##̈ ##x ##ive ##a ##b ##° ##€ ##北".split(" "),
  ..."' $ 5 2 0 . , — … ! : ( ) + = < > ^ ` ~ | # x b".split(" "),
];
const texts = [
  "The cats don't RUN, a dog: running rivers…",
  "Café, naïve — 北京 and x² cost $5 (£5), €50 or 5€; 20°, ああ北a",
  "The  \t river\u0000 (a\u00adb) a\u200bb a\u00a0b\u2028cat\u000ba\ufffd \ufeffdog",
  "1+2=x <a> ^ `b` ~|# Cafe\u0301 ℃ №5 ½ 😀a a😀",
];

beforeAll(async () => {
  const python = await pythonWithTorch();
  folder = await mkdtemp(path.join(tmpdir(), "opnas-import-"));
  await startEngine("auto", 1);
  await writeModel(at("our-model"), ourModel());
  await exportModel(["--model", at("our-model"), "--out", at("our")]);
  await writeFile(at("words.json"), JSON.stringify(words));
  await writeFile(at("texts.json"), JSON.stringify(texts));
  const script = fileURLToPath(new URL("make_checkpoints.py", import.meta.url));
  const env = { ...process.env, HF_MODULES_CACHE: at("modules"), PYTHONDONTWRITEBYTECODE: "1" };
  await run(python, [script, folder], { env });
  for (const name of ["tokenizer.json", "tokenizer_config.json"]) {
    await copyFile(at(`our/${name}`), at(`again/${name}`));
  }
}, firstTime);
afterAll(() => rm(folder, { recursive: true }));

/** A model as pre-training leaves it: both heads, and a segment embedding. */
function ourModel(): Model {
  const size = { layers: 2, hidden: 32, heads: 2, vocabulary: 256, length: 16, rawKernels: true };
  const layers = [{ kind: "conv", kernelSize: 3 } as const, bertLayer];
  const architecture = { version: 1 as const, layers };
  const { parameters } = buildBackbone(size, architecture, "once");
  const weights = initialWeights([...parameters, ...pairParameters(size)], 1);
  weights.get("embedding.segment.weight")?.data.fill(-0.25);
  weights.get("embedding.position.weight")?.data.fill(-0, 3, 5);
  const vocabulary = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"];
  for (let index = 5; index < 256; index++) vocabulary.push(`word${index}`);
  return { architecture, size, vocabulary, weights };
}

/** Imports a folder and reads what was written. */
async function imported(name: string): Promise<{ model: Model; lines: string[] }> {
  const lines = await importModel([at(name), "--out", at(`${name}-model`)]);
  return { model: await readModel(at(`${name}-model`)), lines };
}

/** A checkpoint of transformers: the rows of its special tokens in our order, and its expected numbers. */
interface Case {
  name: string;
  special: readonly number[];
}
const bertTokens = [0, 5, 6, 7, 8];
const rowCount = 300;

/**
 * Runs an imported model on the checkpoint's batch, of which two sentences are padded.
 * @returns the largest differences at tokens that are no padding: of the states after each layer, of
 *   the masked-word head's logits, and of the span head's
 */
async function differences({ name, special }: Case, model: Model) {
  const expected = await readTensors(at(`${name}.expected.safetensors`));
  const tensor = (key: string) => {
    const found = expected.get(key);
    if (found === undefined) throw new Error(`There is no ${key}.`);
    return found;
  };
  const [rows = 0, length = 0] = tensor("ids").shape;
  const others = Array.from({ length: rowCount }, (_, id) => id).filter(
    (id) => !special.includes(id),
  );
  const order = [...special, ...others];
  const ids = Int32Array.from(tensor("ids").data, (id) => order.indexOf(id));
  const keep = tensor("mask").data;
  const furthest = (width: number, ours: (place: number, column: number) => number, key: string) =>
    Math.max(
      ...Array.from(tensor(key).data, (value, index) => {
        const place = Math.floor(index / width);
        const isToken = keep[place % (rows * length)] === 1;
        return isToken ? Math.abs(value - ours(place, index % width)) : 0;
      }),
    );
  return inScope(() => {
    const on = weightsOf(upload(model.weights, model.weights.keys()));
    const segments = tf.tensor3d(tensor("segments").data, [rows, length, 1]);
    const hasSegments = model.weights.has("embedding.segment.weight");
    const batch = { ...tokenBatch(ids, rows, length), ...(hasSegments && { segments }) };
    const states: Tensor[] = [];
    const backbone = buildBackbone(model.size, model.architecture, "once");
    backbone.visitStates(on, batch, (each) => void states.push(each.clone()));
    const last = states.slice(-1);
    const { hidden } = model.size;
    const all = tf.stack(states).dataSync();
    const places = tf.range(0, rows * length, 1, "int32");
    const logits = maskedLogits(on, last, [places]).dataSync();
    const spans = model.weights.has("span.weight") ? spanLogits(on, last).dataSync() : [];
    const half = rows * length;
    return {
      hidden: furthest(hidden, (place, column) => all[place * hidden + column] ?? NaN, "hidden"),
      logits: expected.has("logits")
        ? furthest(
            rowCount,
            (place, id) => logits[place * rowCount + order.indexOf(id)] ?? NaN,
            "logits",
          )
        : null,
      spans: expected.has("start_logits")
        ? Math.max(
            furthest(1, (place) => spans[place] ?? NaN, "start_logits"),
            furthest(1, (place) => spans[half + place] ?? NaN, "end_logits"),
          )
        : null,
    };
  });
}

describe("a BERT of transformers", () => {
  test("with both heads of its pre-training has the same hidden states and logits", async () => {
    const { model, lines } = await imported("pretraining");
    const found = await differences({ name: "pretraining", special: bertTokens }, model);
    expect(found.hidden).toBeLessThan(1e-4);
    expect(found.logits).toBeLessThan(1e-4);
    expect(lines).toEqual([
      "3 layers, hidden 32, heads 4, length 40, vocabulary 300",
      at("pretraining-model"),
    ]);
    expect(model.vocabulary.slice(0, 6)).toEqual([
      "[PAD]",
      "[UNK]",
      "[CLS]",
      "[SEP]",
      "[MASK]",
      "[unused0]",
    ]);
  });

  test("has the class of a following sentence where ours is", async () => {
    const { weights } = (await imported("pretraining")).model;
    const theirs = (await readTensors(at("pretraining/model.safetensors"))).get(
      "cls.seq_relationship.weight",
    );
    const ours = weights.get("nextSentence.weight");
    expect(ours?.shape).toEqual([32, 2]);
    const first = Array.from({ length: 32 }, (_, at) => ours?.data[2 * at + 1]);
    expect(first).toEqual(Array.from(theirs?.data.subarray(0, 32) ?? []));
  });

  test.each([
    ["old", "with the first checkpoints' names and a copied decoder"],
    ["half", "stored in sixteen bits"],
  ])("%s: %s has the same hidden states and logits", async (name) => {
    const { model } = await imported(name);
    const found = await differences({ name, special: bertTokens }, model);
    expect(found.hidden).toBeLessThan(1e-4);
    expect(found.logits).toBeLessThan(1e-4);
  });

  test("without a head and with a narrow feed-forward block has the same hidden states", async () => {
    const { model, lines } = await imported("bare");
    expect(model.pieces).toBe("bert-uncased");
    const found = await differences({ name: "bare", special: bertTokens }, model);
    expect(found.hidden).toBeLessThan(1e-4);
    expect(lines.join()).toContain("without a masked-word head");
    expect(lines.join()).toContain("left out, since nothing here is like them: pooler.dense");
  });

  test(
    "that answers questions brings its head along, by npm run import",
    async () => {
      const args = ["run", "import", "--", at("answers"), "--out", at("answers-model")];
      const { stdout } = await run("npm", args, { cwd: root });
      expect(stdout).toContain("3 layers, hidden 32, heads 4, length 40, vocabulary 300");
      const model = await readModel(at("answers-model"));
      const found = await differences({ name: "answers", special: bertTokens }, model);
      expect(found.spans).toBeLessThan(1e-4);
    },
    firstTime,
  );

  test.each([
    ["pretraining", "bert-uncased"],
    ["answers", "bert-cased"],
  ] as const)("%s: reads text as its own tokenizer does, %s", async (name, pieces) => {
    const { model } = await imported(name);
    expect(model.pieces).toBe(pieces);
    const { vocabulary } = model;
    const encoder = new WordEncoder(vocabulary, pieces);
    const file: unknown = JSON.parse(await readFile(at(`${name}.tokens.json`), "utf8"));
    const ours = texts.map((text) => piecesOf(encoder, text).map((id) => vocabulary[id]));
    expect(ours).toEqual(z.array(z.array(z.string())).parse(file));
    expect(ours.flat().filter((piece) => piece !== "[UNK]").length).toBeGreaterThan(30);
  });
});

/** RoBERTa: the checkpoint's ids of our special tokens. */
const roberta = { name: "roberta", special: [1, 3, 0, 2, 299] };

test("a RoBERTa has the same hidden states", async () => {
  const { model } = await imported("roberta");
  const found = await differences(roberta, model);
  expect(found.hidden).toBeLessThan(1e-4);
  expect(model.size).toMatchObject({ length: 40, normEpsilon: 1e-5 });
  const size = { ...model.size, normEpsilon: undefined };
  const asBert = await differences(roberta, { ...model, size });
  expect(asBert.hidden).toBeGreaterThan(1e-3);
});

/** Pieces of each text by RoBERTa's own tokenizer, and its rows of each text with the first one. */
const encodedForm = z.object({
  tokens: z.array(z.array(z.string())),
  rows: z.array(z.array(z.int())),
});

test("a RoBERTa reads text and pairs as its own tokenizer does, exported too", async () => {
  const { model } = await imported("roberta");
  const { vocabulary, merges } = model;
  expect(model.pieces).toBe("byte-level");
  const encoder = new WordEncoder(vocabulary, "byte-level", merges);
  const theirs = encodedForm.parse(JSON.parse(await readFile(at("roberta.tokens.json"), "utf8")));
  const ours = texts.map((text) => piecesOf(encoder, text).map((id) => vocabulary[id]));
  expect(ours).toEqual(theirs.tokens);
  const { special } = roberta;
  const others = Array.from({ length: rowCount }, (_, id) => id).filter(
    (id) => !special.includes(id),
  );
  const order = [...special, ...others];
  const rows = texts.map((text) => encodeRow(encoder, [text, texts[0] ?? ""], 1000));
  expect(rows.map((row) => row.map((id) => order[id]))).toEqual(theirs.rows);

  await exportModel(["--model", at("roberta-model"), "--out", at("roberta-again")]);
  const script =
    "import json, sys; from tokenizers import Tokenizer\n" +
    "folder, texts = sys.argv[1], json.loads(sys.argv[2])\n" +
    "tokenizer = Tokenizer.from_file(folder + '/tokenizer.json')\n" +
    "print(json.dumps([tokenizer.encode(text, texts[0]).ids for text in texts]))";
  const args = ["-c", script, at("roberta-again"), JSON.stringify(texts)];
  const { stdout } = await run(await pythonWithTorch(), args);
  expect(JSON.parse(stdout)).toEqual(rows);
  const again = (await imported("roberta-again")).model;
  expect([again.pieces, again.vocabulary, again.merges]).toEqual([
    "byte-level",
    vocabulary,
    merges,
  ]);
});

test.each(["our", "again"])(
  "a model of ours comes back from PyTorch to the bit: %s",
  async (name) => {
    const { model, lines } = await imported(name);
    const ours = ourModel();
    expect({ ...model, weights: null }).toEqual({ ...ours, weights: null });
    expect([...model.weights.keys()].sort()).toEqual([...ours.weights.keys()].sort());
    for (const [key, { shape, data }] of ours.weights) {
      const found = model.weights.get(key);
      expect(found?.shape, key).toEqual(shape);
      expect(bitsOf(found?.data), key).toEqual(bitsOf(data));
    }
    expect(lines).toHaveLength(2);
  },
);

/** Views numbers as bits, so that −0 is another than 0. */
function bitsOf(numbers: Float32Array = new Float32Array()): Uint32Array {
  return new Uint32Array(numbers.buffer, numbers.byteOffset, numbers.length);
}
