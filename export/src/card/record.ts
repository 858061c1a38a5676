import type { Architecture, ModelSize } from "@opnas/core";
import type { ModelClass } from "../pytorch/config.js";

/** A score in one task, with what it is compared with. */
export interface CardScore {
  /** The task's name for programs, e.g. "half-order" or "glue/mrpc". */
  task: string;
  title: string;
  /** The definition of the score, e.g. "accuracy, %". */
  metric: string;
  /** The data of the test, e.g. "held-out text of tiny-stories". */
  dataset: string;
  score: number;
  /** The standard error of the score in its own unit; undefined if it is not known. */
  standardError?: number;
  /** Scores of others on the same test, by their names, e.g. "most frequent answer". */
  baselines: Readonly<Record<string, number>>;
}

/** An ancestor of an architecture in its search. */
export interface CardAncestor {
  id: string;
  name: string;
  /** The generation in which it was made, from 0. */
  generation: number;
  score?: number;
  /** Change that the mutation made; undefined for one that was sampled. */
  change?: string;
}

/** Text that a model was trained on. */
export interface CardData {
  name: string;
  /** Purpose that it was used for, e.g. "pre-training". */
  use: string;
  description?: string;
  licence?: string;
}

/** Everything that a model card says. */
export interface CardRecord {
  /** The id in the platform, as commands take it. */
  id: string;
  architecture: Architecture;
  size: ModelSize;
  modelClass: ModelClass;
  /** Origin of the weights. */
  weights: "none" | "super-net" | "candidate" | "pre-trained" | "fine-tuned";
  /** The number of trained numbers. */
  parameters: number;
  /** Seconds since 1970 when the weights, or the architecture, were made. */
  madeAt: number;
  /** ISO 639-1 codes of the text's languages, e.g. "en". */
  languages: readonly string[];
  /** The licence of the weights as an identifier of Hugging Face, e.g. "apache-2.0". */
  licence?: string;
  scores: readonly CardScore[];
  /** Ancestors, the oldest first; the model itself is not among them. */
  lineage: readonly CardAncestor[];
  data: readonly CardData[];
  /** Engine and processor that computed it, e.g. "tensorflow 2.19 on x86-64, 8 threads". */
  engine: string;
  seed: number;
  /** Settings by their names, as commands take them. */
  settings: Readonly<Record<string, string | number | boolean>>;
  /** Commands that make it again, in their order. */
  commands: readonly string[];
  /** Limits of this model beside those that all models of the platform have. */
  limits: readonly string[];
}
