import { mkdtemp, readFile, rename, rm, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { bertBase } from "@opnas/core";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { benchmark } from "../benchmarks/command.js";
import { writeGlueFolder } from "../benchmarks/testing/glueFolder.js";
import { writeSquadFolder } from "../benchmarks/testing/squadFolder.js";
import { modelToTune } from "../benchmarks/tuning.js";
import { writeModel, readModel } from "../model/modelFile.js";
import { tinyModel } from "../model/testing/tinyModel.js";
import { exportModel } from "../export/command.js";
import { importModel } from "./command.js";
import { bertConfig, bertTensors, writeBertFolder } from "./testing/bertFolder.js";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "opnas-import-"));
});
afterEach(() => rm(folder, { recursive: true }));

const at = (name: string) => path.join(folder, name);
const imported = () => importModel([at("in"), "--out", at("out")]);

describe("npm run import", () => {
  test("writes a BERT as a model's folder, its words in the platform's order", async () => {
    await writeBertFolder(at("in"));
    const lines = await imported();
    expect(lines[0]).toBe("1 layers, hidden 8, heads 2, length 16, vocabulary 256");
    expect(lines.at(-1)).toBe(at("out"));
    const { vocabulary, weights, architecture } = await readModel(at("out"));
    expect(architecture.layers).toEqual(bertBase.layers.slice(0, 1));
    const begin = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "[unused0]", "the", "cat", "##s"];
    expect(vocabulary.slice(0, 10)).toEqual([...begin, "[unused1]"]);
    const theirs = bertTensors();
    const rows = theirs.get("embeddings.word_embeddings.weight")?.data;
    const words = weights.get("embedding.token.weight")?.data;
    expect(words?.slice(2 * 8, 3 * 8)).toEqual(rows?.slice(3 * 8, 4 * 8));
    const [query, ours] = [
      theirs.get("encoder.layer.0.attention.self.query.weight")?.data,
      weights.get("layer.0.attention.q.weight")?.data,
    ];
    expect(ours?.[1]).toBe(query?.[8]);
  });

  test("says which file or tensor is at fault", async () => {
    const without = bertTensors();
    without.delete("encoder.layer.0.output.dense.bias");
    await writeBertFolder(at("in"), { tensors: without });
    const file = at("in/model.safetensors");
    await expect(imported()).rejects.toMatchObject({
      code: "BAD_INPUT",
      message: `${file} cannot be imported: it has no tensor "encoder.layer.0.output.dense.bias".`,
    });

    const wrong = bertTensors();
    wrong.set("embeddings.LayerNorm.weight", { shape: [9], data: new Float32Array(9) });
    await writeBertFolder(at("in"), { tensors: wrong });
    await expect(imported()).rejects.toMatchObject({
      code: "BAD_INPUT",
      message: `${file} cannot be imported: its "embeddings.LayerNorm.weight" has the shape [9], not [8].`,
    });

    await writeBertFolder(at("in"));
    await truncate(file, (await readFile(file)).length - 10);
    await expect(imported()).rejects.toMatchObject({
      code: "CORRUPT_ARTIFACT",
      message: expect.stringContaining(file) as string,
    });

    await writeBertFolder(at("in"), { vocabulary: null });
    await rm(at("in/vocab.txt"));
    await expect(imported()).rejects.toThrow(`${at("in")} has no vocabulary: it needs tokenizer`);
  });

  test("says how weights in another form are converted", async () => {
    await writeBertFolder(at("in"));
    await rename(at("in/model.safetensors"), at("in/pytorch_model.bin"));
    await expect(imported()).rejects.toThrow(
      /weights in pytorch_model\.bin, which is not read: .*save_pretrained\("converted"/,
    );
    await rm(at("in/pytorch_model.bin"));
    await expect(imported()).rejects.toThrow(`${at("in")} has no model.safetensors.`);
  });

  test.each<[string, object]>([
    ["model_type gpt2 is none of bert, roberta, opnas", { model_type: "gpt2" }],
    ["hidden_act: relu is not gelu", { hidden_act: "relu" }],
    [
      "position_embedding_type: relative_key is not absolute",
      { position_embedding_type: "relative_key" },
    ],
    ["is_decoder: a decoder's attention does not map", { is_decoder: true }],
    ["intermediate_size is 40, more than 4 × hidden_size", { intermediate_size: 40 }],
    ["hidden_size: hidden must be a multiple of heads", { num_attention_heads: 3 }],
    ["vocab_size: Too big", { vocab_size: 250_002 }],
    ["type_vocab_size: Too big", { type_vocab_size: 3 }],
  ])("refuses a configuration that does not map: %s", async (sentence, change) => {
    await writeBertFolder(at("in"), { config: { ...bertConfig, ...change } });
    await expect(imported()).rejects.toMatchObject({
      code: "BAD_INPUT",
      message: expect.stringContaining(
        `${at("in/config.json")} cannot be imported: ${sentence}`,
      ) as string,
    });
  });

  test.each([
    ["it lacks the special token [MASK]", "[PAD]\n[UNK]\n[CLS]\n[SEP]\n"],
    ["it has a piece of id 256, but the weights have 256 rows", "[PAD]\n".repeat(257)],
  ])("refuses a vocabulary: %s", async (sentence, vocabulary) => {
    await writeBertFolder(at("in"), { vocabulary });
    await expect(imported()).rejects.toThrow(
      `${at("in/vocab.txt")} cannot be imported: ${sentence}.`,
    );
  });

  test("a vocabulary of another tokenizer is kept, but no text is encoded by it", async () => {
    await writeBertFolder(at("in"), { vocabulary: null });
    const pieces = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "\u0120the"];
    const vocab = Object.fromEntries(pieces.map((piece, id) => [piece, id]));
    await writeFile(at("in/tokenizer.json"), JSON.stringify({ model: { type: "BPE", vocab } }));
    expect((await imported()).join()).toContain("npm run benchmark refuses it");
    const model = await readModel(at("out"));
    expect(model.vocabulary[5]).toBe("\u0120the");
    expect(() => modelToTune(model)).toThrow("of another tokenizer than BERT's");
    const files = await exportModel(["--model", at("out"), "--out", at("exported")]);
    expect(files).not.toContain("tokenizer.json");
  });

  test.each([
    ["bert-uncased", {}],
    ["bert-cased", { do_lower_case: false }],
    ["foreign", { do_lower_case: false, strip_accents: true }],
    ["foreign", { tokenize_chinese_chars: false }],
  ])("takes the pieces as %s by %j", async (pieces, settings) => {
    await writeBertFolder(at("in"));
    await writeFile(at("in/tokenizer_config.json"), JSON.stringify(settings));
    await imported();
    expect((await readModel(at("out"))).pieces).toBe(pieces);
  });

  test("an imported model is fine-tuned by npm run benchmark", async () => {
    await writeBertFolder(at("in"));
    await imported();
    await writeGlueFolder(at("glue"));
    const training = ["--epochs", "1", "--learning-rates", "1e-3", "--tasks", "CoLA"];
    const places = ["--model", at("out"), "--glue", at("glue"), "--out", at("results")];
    const printed: string[] = [];
    const lines = { print: (line: string) => printed.push(line), note: () => undefined };
    await benchmark(
      [...places, ...training, "--threads", "1"],
      lines,
      new AbortController().signal,
    );
    expect(printed.join("\n")).toMatch(/^CoLA {2}-?\d+\.\d/m);
  });

  /** Writes a RoBERTa whose pieces are the bytes of ASCII and two merges. */
  async function writeRoberta(merges: string): Promise<void> {
    const config = { ...bertConfig, model_type: "roberta", pad_token_id: 1 };
    await writeBertFolder(at("in"), { config, vocabulary: null });
    const ascii = Array.from({ length: 94 }, (_, index) => String.fromCharCode(33 + index));
    const pieces = ["<s>", "<pad>", "</s>", "<unk>", ...ascii, "\u0120", "th", "the", "<mask>"];
    const vocabulary = Object.fromEntries(pieces.map((piece, id) => [piece, id]));
    await writeFile(at("in/vocab.json"), JSON.stringify(vocabulary));
    await writeFile(at("in/merges.txt"), merges);
  }
  const merges = "#version: 0.2\nt h\nth e\n";

  test("a RoBERTa is fine-tuned by npm run benchmark on pairs and on passages", async () => {
    await writeRoberta(merges);
    await imported();
    const model = await readModel(at("out"));
    expect(model).toMatchObject({ pieces: "byte-level", merges: ["t h", "th e"] });
    expect(modelToTune(model).weights.has("embedding.segment.weight")).toBe(false);
    await writeGlueFolder(at("glue"));
    await writeSquadFolder(at("squad"));
    const places = ["--model", at("out"), "--out", at("results"), "--threads", "1"];
    const training = ["--epochs", "1", "--learning-rates", "1e-3"];
    const printed: string[] = [];
    const lines = { print: (line: string) => printed.push(line), note: () => undefined };
    for (const files of [
      ["--glue", at("glue"), "--tasks", "RTE"],
      ["--squad", at("squad")],
    ]) {
      await benchmark([...files, ...places, ...training], lines, new AbortController().signal);
    }
    expect(printed.join("\n")).toMatch(/^RTE {2}\d+\.\d[^]*^v1\.1 {2}EM \d+\.\d[^]*^v2\.0 {2}/m);
  });

  test("a RoBERTa without merges, or with a space put before texts, has foreign pieces", async () => {
    await writeRoberta("");
    expect((await imported()).join()).toContain("npm run benchmark refuses it");
    await writeRoberta(merges);
    await writeFile(at("in/tokenizer_config.json"), JSON.stringify({ add_prefix_space: true }));
    await imported();
    expect((await readModel(at("out"))).pieces).toBe("foreign");
  });

  test("reads back what npm run export wrote", async () => {
    const model = tinyModel();
    await writeModel(at("model"), model);
    await exportModel(["--model", at("model"), "--out", at("in")]);
    await imported();
    const { weights, ...others } = await readModel(at("out"));
    const { weights: wanted, ...same } = model;
    expect(others).toEqual(same);
    expect(new Map([...weights].sort())).toEqual(new Map([...wanted].sort()));
  });

  test("checks an architecture, and names the node at fault", async () => {
    await writeFile(at("good.json"), JSON.stringify(bertBase));
    expect(await importModel([at("good.json")])).toEqual([
      expect.stringContaining("a legal architecture of 12 layers"),
    ]);
    const graph = { inputs: ["Q", "K"], nodes: [{ op: "matmul", args: ["Q", "K"] }], output: 0 };
    const layers = [
      { kind: "conv", kernelSize: 3 },
      { kind: "attention", graph },
    ];
    await writeFile(at("bad.json"), JSON.stringify({ version: 1, layers }));
    await expect(importModel([at("bad.json")])).rejects.toMatchObject({
      code: "BAD_ARCHITECTURE",
      message: expect.stringContaining("Layer 2, node 0 (matmul): ") as string,
    });
    await writeFile(at("text.json"), "{");
    await expect(importModel([at("text.json")])).rejects.toThrow("text.json is not JSON.");
  });

  test.each([
    [[], "name one folder or file that is to be imported"],
    [["a", "b"], "name one folder or file that is to be imported"],
    [["gone"], "There is no folder or file gone."],
    [["."], "--out: name a folder for the model"],
    [["a", "--format", "x"], "Unknown option '--format'"],
  ])("refuses the arguments %j in a sentence", async (argv, sentence) => {
    await expect(importModel(argv)).rejects.toThrow(sentence);
  });
});
