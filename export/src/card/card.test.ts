import { bertLayer } from "@opnas/core";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { z } from "zod";
import { modelCard } from "./card.js";
import type { CardRecord } from "./record.js";

const record: CardRecord = {
  id: "0192f0c1",
  architecture: { version: 1, layers: [bertLayer, { kind: "conv", kernelSize: 7 }] },
  size: { layers: 2, hidden: 64, heads: 4, vocabulary: 1000, length: 64, rawKernels: false },
  modelClass: "OpnasForMaskedLM",
  weights: "pre-trained",
  parameters: 1_234_567,
  madeAt: 1_700_000_000,
  languages: ["en"],
  licence: "apache-2.0",
  scores: [
    {
      task: "half-order",
      title: "Order of halves",
      metric: "accuracy, %",
      dataset: "held-out text",
      score: 71.25,
      standardError: 1.4,
      baselines: { "most frequent answer": 50, "n-gram model": 61.5 },
    },
    {
      task: "mlm",
      title: "Masked words",
      metric: "100 × (1 − loss | unigram)",
      dataset: "held-out text",
      score: 20,
      baselines: { "n-gram model": 12.25 },
    },
  ],
  lineage: [{ id: "0192aaaa", name: "calm-otter-0001", generation: 0, score: 50.5 }],
  data: [{ name: "my_text", use: "pre-training" }],
  engine: "tensorflow on x86-64",
  seed: 7,
  settings: { "population.size": 20 },
  commands: ["npx opnas search --seed 7", "npx opnas pretrain 0192f0c1"],
  limits: ["Trained for 200 steps only."],
};

const metadataSchema = z.object({
  language: z.array(z.string()),
  license: z.string(),
  library_name: z.literal("transformers"),
  pipeline_tag: z.string(),
  datasets: z.array(z.string()),
  "model-index": z.array(
    z.object({
      name: z.string(),
      results: z.array(
        z.object({
          task: z.object({ type: z.string() }),
          dataset: z.object({ type: z.string(), name: z.string() }),
          metrics: z.array(z.object({ type: z.string(), value: z.number() })),
        }),
      ),
    }),
  ),
});

function metadataOf(card: string) {
  const yaml = /^---\n(.*?)\n---\n/s.exec(card)?.[1] ?? "";
  return metadataSchema.parse(parse(yaml));
}

describe("a model card", () => {
  test("begins with the metadata that Hugging Face reads", () => {
    const metadata = metadataOf(modelCard(record));
    expect(metadata).toMatchObject({
      language: ["en"],
      license: "apache-2.0",
      pipeline_tag: "fill-mask",
      datasets: ["my_text"],
    });
    const values = metadata["model-index"][0]?.results.map(({ metrics }) => metrics[0]?.value);
    expect(values).toEqual([71.25, 20]);
  });

  test("has scores with their errors, beside every baseline", () => {
    const card = modelCard(record);
    expect(card).toContain(
      "| Order of halves | accuracy, % | held-out text | 71.25 ± 1.40 | 50.00 | 61.50 |",
    );
    expect(card).toContain("held-out text | 20.00 | – | 12.25 |");
  });

  test("has formulas, lineage, data, engine, seed, settings, commands and limits", () => {
    const card = modelCard(record);
    for (const part of [
      String.raw`| Layer 1: attention | $\operatorname{softmax}`,
      "| Layer 2: convolution, kernel of 7 tokens |",
      "| 0 | calm-otter-0001 | `0192aaaa` | 50.50 | sampled |",
      String.raw`| my\_text | pre-training | – | not stated |`,
      "Engine: tensorflow on x86-64. Seed: 7.",
      "| `population.size` | `20` |",
      "npx opnas search --seed 7\nnpx opnas pretrain 0192f0c1",
      "- Trained for 200 steps only.",
      "1,234,567 parameters",
      "Made on 2023-11-14",
    ]) {
      expect(card).toContain(part);
    }
  });

  test("keeps names with marks from being anything else", () => {
    const title = "A | B\n---\n# <script>";
    const [first] = record.scores;
    if (first === undefined) throw new Error("no score");
    const card = modelCard({ ...record, scores: [{ ...first, title, dataset: "a: [b" }] });
    expect(metadataOf(card)["model-index"][0]?.results[0]?.dataset.name).toBe("a: [b");
    expect(card).toContain(String.raw`| A \| B --- \# \<script\> |`);
  });

  test("says so where there is nothing", () => {
    const card = modelCard({
      ...record,
      weights: "none",
      scores: [],
      lineage: [],
      data: [],
      languages: [],
    });
    expect(card).toContain("It has not been scored.");
    expect(card).toContain("no trained weights");
    expect(card).not.toContain("model-index");
    expect(card).not.toContain("undefined");
  });
});
