import { stringify } from "yaml";
import type { ModelClass } from "../pytorch/config.js";
import type { CardRecord, CardScore } from "./record.js";

/** The names of a class's task and of the models for it at Hugging Face. */
const pipelines: Record<ModelClass, string> = {
  OpnasModel: "feature-extraction",
  OpnasForMaskedLM: "fill-mask",
  OpnasForPreTraining: "fill-mask",
  OpnasForSequenceClassification: "text-classification",
  OpnasForQuestionAnswering: "question-answering",
};

/** Writes a card's metadata as YAML, in the form that Hugging Face reads (model-index). */
export function frontMatter(name: string, record: CardRecord): string {
  const { languages, licence, modelClass, scores, data } = record;
  const metadata = {
    ...(languages.length > 0 && { language: [...languages] }),
    ...(licence !== undefined && { license: licence }),
    library_name: "transformers",
    pipeline_tag: pipelines[modelClass],
    tags: ["op-nas", "neural-architecture-search", "custom_code"],
    ...(data.length > 0 && { datasets: [...new Set(data.map((each) => each.name))] }),
    ...(scores.length > 0 && {
      "model-index": [{ name, results: scores.map((score) => result(score, modelClass)) }],
    }),
  };
  return `---\n${stringify(metadata, { lineWidth: 0 })}---`;
}

function result(score: CardScore, modelClass: ModelClass) {
  return {
    task: { type: pipelines[modelClass], name: score.title },
    dataset: { type: score.task, name: score.dataset },
    metrics: [{ type: "score", name: score.metric, value: score.score, verified: false }],
  };
}
