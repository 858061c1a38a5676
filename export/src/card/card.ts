import { architectureKey, architectureName, layerFormula } from "@opnas/core";
import { groupTitle, layerGroups } from "../layerGroups.js";
import { frontMatter } from "./frontMatter.js";
import { cell, code, escaped, table } from "./markdown.js";
import type { CardRecord } from "./record.js";

/** The name of a model card's file, as Hugging Face has it. */
export const cardFileName = "README.md";

/**
 * Writes a model card in Hugging Face's form: metadata in YAML, then Markdown with scores beside
 * baselines, the architecture, its lineage, data, settings, commands and limits.
 */
export function modelCard(record: CardRecord): string {
  const name = architectureName(architectureKey(record.architecture));
  const sections = [
    introduction(name, record),
    use(record),
    scores(record),
    architecture(record),
    lineage(record),
    data(record),
    making(record),
    limits(record),
  ].filter((section) => section !== "");
  return `${[frontMatter(name, record), ...sections].join("\n\n")}\n`;
}

const weights: Record<CardRecord["weights"], string> = {
  none: "It has no trained weights: what is here begins from random ones.",
  "super-net":
    "Its weights are its share of a super-net, trained together with those of other architectures.",
  candidate: "Its weights were trained for a short time, to compare it with other candidates.",
  "pre-trained": "It was pre-trained from random weights.",
  "fine-tuned": "It was pre-trained from random weights, then fine-tuned.",
};

function introduction(name: string, record: CardRecord): string {
  const { size, parameters, madeAt, architecture } = record;
  const sizes = [
    `${architecture.layers.length.toString()} layers`,
    `hidden size ${size.hidden.toString()}`,
    `${size.heads.toString()} heads`,
    `a vocabulary of ${size.vocabulary.toString()}`,
    `sequences of up to ${size.length.toString()} tokens`,
  ];
  const day = new Date(1000 * madeAt).toISOString().slice(0, 10);
  return `# ${name}

A backbone of a language model that OP-NAS Platform found by architecture search: ${sizes.join(", ")}; ${grouped(parameters)} parameters. ${weights[record.weights]} Made on ${day}; its id is ${code(record.id)}.`;
}

function use({ modelClass }: CardRecord): string {
  const auto = {
    OpnasModel: "AutoModel",
    OpnasForMaskedLM: "AutoModelForMaskedLM",
    OpnasForPreTraining: "AutoModelForPreTraining",
    OpnasForSequenceClassification: "AutoModelForSequenceClassification",
    OpnasForQuestionAnswering: "AutoModelForQuestionAnswering",
  }[modelClass];
  return `## Use

\`\`\`python
from transformers import ${auto}, AutoTokenizer

tokenizer = AutoTokenizer.from_pretrained("path/to/this/folder")
model = ${auto}.from_pretrained("path/to/this/folder", trust_remote_code=True)
outputs = model(**tokenizer("A sentence.", return_tensors="pt"))
\`\`\`

\`trust_remote_code\` runs \`modeling_opnas.py\`, which is in the folder: read it first.`;
}

function scores({ scores }: CardRecord): string {
  if (scores.length === 0) return "## Scores\n\nIt has not been scored.";
  const others = [...new Set(scores.flatMap(({ baselines }) => Object.keys(baselines)))];
  const rows = scores.map((each) => [
    escaped(each.title),
    escaped(each.metric),
    escaped(each.dataset),
    scoreWithError(each.score, each.standardError),
    ...others.map((other) => decimals(each.baselines[other])),
  ]);
  const heads = ["Task", "Score", "Test data", "This model", ...others.map(escaped)];
  return `## Scores

${table(heads, rows)}

± is the standard error, where it is known; a difference of less than two of them says little.`;
}

function architecture(record: CardRecord): string {
  const rows = layerGroups(record.architecture).map((group) => [
    groupTitle(group),
    cell(`$${layerFormula(group.layer)}$`),
  ]);
  return `## Architecture

${table(["Layers", "Mixing of each head"], rows)}

Q, K, V and P are linear maps of a layer's input. As JSON:

\`\`\`json
${JSON.stringify(record.architecture)}
\`\`\``;
}

function lineage({ lineage }: CardRecord): string {
  if (lineage.length === 0) return "## Lineage\n\nIt was not made from another architecture.";
  const rows = lineage.map(({ id, name, generation, score, change }) => [
    generation.toString(),
    escaped(name),
    code(id),
    decimals(score),
    escaped(change ?? "sampled"),
  ]);
  const heads = ["Generation", "Ancestor", "Id", "Score", "Made by"];
  return `## Lineage\n\n${table(heads, rows)}`;
}

function data({ data }: CardRecord): string {
  if (data.length === 0) return "## Data\n\nIt was trained on no text.";
  const rows = data.map(({ name, use, description, licence }) => [
    escaped(name),
    escaped(use),
    escaped(description ?? "–"),
    escaped(licence ?? "not stated"),
  ]);
  return `## Data\n\n${table(["Text", "Use", "Description", "Licence"], rows)}`;
}

function making({ engine, seed, settings, commands }: CardRecord): string {
  const rows = Object.entries(settings).map(([name, value]) => [
    code(name),
    code(value.toString()),
  ]);
  const all = rows.length === 0 ? "" : `\n\n${table(["Setting", "Value"], rows)}`;
  return `## Reproduction

Engine: ${escaped(engine)}. Seed: ${seed.toString()}. The same seed and settings on the same engine give the same numbers.

\`\`\`
${commands.join("\n")}
\`\`\`${all}`;
}

function limits({ limits, languages, data }: CardRecord): string {
  const language = languages.length > 0 ? languages.join(", ") : "not stated";
  const general = [
    `It has seen text of these languages only: ${language}.`,
    ...(data.length > 0
      ? ["It repeats errors, prejudices and omissions of the text that it was trained on."]
      : []),
    "Scores of short trainings order architectures; they say little about a model of another size.",
    "It fills in and classifies; it was not made to write text or to answer for facts.",
  ];
  return `## Limits\n\n${[...limits, ...general].map((limit) => `- ${escaped(limit)}`).join("\n")}`;
}

function scoreWithError(score: number, error: number | undefined): string {
  return error === undefined ? decimals(score) : `${decimals(score)} ± ${decimals(error)}`;
}

function decimals(value: number | undefined): string {
  return value === undefined ? "–" : value.toFixed(2);
}

function grouped(value: number): string {
  return value.toLocaleString("en");
}
