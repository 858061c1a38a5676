import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { bertLayer, stream } from "@opnas/core";
import { writeModel } from "@opnas/worker";
import {
  buildBackbone,
  idsOf,
  initialWeights,
  splitWords,
  trainVocabulary,
  WordEncoder,
} from "@opnas/worker/internals";
import { afterAll, beforeAll, expect, test } from "vitest";
import { z } from "zod";
import { pythonWithTorch } from "./python.ts";

const run = promisify(execFile);
const root = fileURLToPath(new URL("../..", import.meta.url));
/** Milliseconds for a machine on which pip has yet to get PyTorch. */
const firstTime = 1_500_000;

let folder: string;
let python: string;
beforeAll(async () => {
  python = await pythonWithTorch();
  folder = await mkdtemp(path.join(tmpdir(), "opnas-classifier-"));
}, firstTime);
afterAll(() => rm(folder, { recursive: true }));

const random = stream(1, "sentences");
const pick = (words: string) => words.split(" ")[random.int(words.split(" ").length)] ?? "";
/** Sentences of two classes, which differ in their first word. */
const rows = Array.from({ length: 400 }, (_, index) => {
  const word = pick(index % 2 === 0 ? "good fine glad" : "bad sad poor");
  const rest = Array.from({ length: 3 + random.int(8) }, () => pick("the a cat dog river house"));
  return { label: index % 2, text: `${word} ${rest.join(" ")}` };
});
const odd = [
  "Café, naïve — 北京 and x² don't fit!",
  "The  \t river\u0000 (glad)…",
  "ΑΒΓ straße İx",
  "€5 5€ cost£20 20°C 1½ a😀a a×b ℃ №5 北a々b ああ",
];
const texts = [...rows.map(({ text }) => text), ...odd];

const after = `
import json, sys
with open("texts.json") as file:
    texts = json.load(file)
again = AutoModelForSequenceClassification.from_pretrained("my-classifier", trust_remote_code=True)
inputs = tokenizer([text for _, text in rows], padding=True, return_tensors="pt")
right = (again(**inputs).logits.argmax(-1) == torch.tensor([int(label) for label, _ in rows])).float()
pair = tokenizer("good cat", "bad dog")
print(json.dumps({
    "ids": [tokenizer(text, add_special_tokens=False)["input_ids"] for text in texts],
    "masked": tokenizer("[MASK]")["input_ids"],
    "segments": pair["token_type_ids"],
    "accuracy": right.mean().item(),
}))
`;
const answerSchema = z.strictObject({
  ids: z.array(z.array(z.int())),
  masked: z.array(z.int()),
  segments: z.array(z.int()),
  accuracy: z.number(),
});

/** Writes a model without training whose vocabulary is of these texts. */
async function writeUntrained(): Promise<readonly string[]> {
  const counts = new Map<string, number>();
  for (const word of texts.flatMap((text) => splitWords(text))) {
    counts.set(word, (counts.get(word) ?? 0) + 1);
  }
  const vocabulary = trainVocabulary(counts, 256);
  const size = { layers: 2, hidden: 32, heads: 2, vocabulary: 256, length: 32, rawKernels: false };
  const layers = [{ kind: "conv", kernelSize: 3 } as const, bertLayer];
  const architecture = { version: 1 as const, layers };
  const weights = initialWeights(buildBackbone(size, architecture, "once").parameters, 1);
  await writeModel(path.join(folder, "model"), { architecture, size, vocabulary, weights });
  return vocabulary;
}

test(
  "docs/pytorch.md's code trains a classifier from what npm run export writes, with the platform's token ids",
  async () => {
    const vocabulary = await writeUntrained();
    const to = ["--model", path.join(folder, "model"), "--out", path.join(folder, "my-model")];
    await run("npm", ["run", "export", "--", ...to], { cwd: root });
    const page = await readFile(path.join(root, "docs/pytorch.md"), "utf8");
    const code = /```python\n(.*?)```/s.exec(page)?.[1] ?? "";
    expect(code.trim().split("\n").length).toBeLessThanOrEqual(20);
    const lines = rows.map(({ label, text }) => `${label.toString()}\t${text}\n`);
    await writeFile(path.join(folder, "sentences.tsv"), lines);
    await writeFile(path.join(folder, "texts.json"), JSON.stringify(texts));
    const env = { ...process.env, HF_MODULES_CACHE: path.join(folder, "modules") };
    const { stdout } = await run(python, ["-c", `${code}${after}`], { cwd: folder, env });
    const answer = answerSchema.parse(JSON.parse(stdout.trim().split("\n").at(-1) ?? ""));
    const encoder = new WordEncoder(vocabulary);
    const ours = texts.map((text) => idsOf(splitWords(text).map((word) => encoder.word(word))));
    expect(answer.ids).toEqual(ours);
    expect(answer.masked).toEqual([2, 4, 3]);
    expect(answer.segments).toEqual([0, 0, 0, 0, 1, 1, 1]);
    expect(answer.accuracy).toBeGreaterThan(0.9);
  },
  firstTime,
);
