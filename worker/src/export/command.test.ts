import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { readTensors } from "../files/tensorFile.js";
import { tinyModel } from "../model/testing/tinyModel.js";
import { writeModel } from "../model/modelFile.js";
import { exportModel } from "./command.js";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "opnas-export-"));
});
afterEach(() => rm(folder, { recursive: true }));

const at = (name: string) => path.join(folder, name);

describe("npm run export", () => {
  test("writes a model's folder for Hugging Face, the weights by PyTorch's names", async () => {
    const model = tinyModel();
    await writeModel(at("model"), model);
    const files = await exportModel(["--model", at("model"), "--out", at("out")]);
    expect((await readdir(at("out"))).sort()).toEqual(files.sort());
    const tensors = await readTensors(at("out/model.safetensors"));
    const { vocabulary, hidden } = model.size;
    expect(tensors.get("opnas.embeddings.token.weight")?.shape).toEqual([vocabulary, hidden]);
    const config: unknown = JSON.parse(await readFile(at("out/config.json"), "utf8"));
    expect(config).toMatchObject({ architectures: ["OpnasForMaskedLM"], vocab_size: vocabulary });
  });

  test("writes the same model in ONNX's form", async () => {
    await writeModel(at("model"), tinyModel());
    const files = await exportModel(["--model", at("model"), "--out", at("out"), "--format=onnx"]);
    expect(files.sort()).toEqual(["model.onnx", "tokenizer.json", "tokenizer_config.json"]);
  });

  test("writes the same model in TensorFlow.js's form, with the files of weights it names", async () => {
    await writeModel(at("model"), tinyModel());
    const files = await exportModel(["--model", at("model"), "--out", at("out"), "--format=tfjs"]);
    expect((await readdir(at("out"))).sort()).toEqual(files.sort());
    const json: unknown = JSON.parse(await readFile(at("out/model.json"), "utf8"));
    const paths = files.filter((name) => name.startsWith("group1-shard"));
    expect(json).toMatchObject({ format: "graph-model", weightsManifest: [{ paths }] });
    expect(files).toContain("USAGE.md");
    expect(files).toContain("tokenizer.json");
  });

  test.each([
    [["--architecture", "bert"], "an architecture alone has no weights"],
    [[], "give either --model or --architecture"],
    [["--model", "a", "--format", "gguf"], "--format: "],
    [["--architecture", "gone.json", "--random-weights"], "gone.json is neither a file"],
  ])("refuses %j in a sentence", async (argv, sentence) => {
    await expect(exportModel([...argv, "--out", at("out")])).rejects.toThrow(sentence);
  });
});
