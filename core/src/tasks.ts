import type { TaskName } from "./settings/names.js";

/** Ways to score a task: on hidden words, by likelihood alone, or after fine-tuning a small head. */
export type TaskKind = "masked" | "zeroShot" | "fineTuned";

/** A proxy task, described for people. */
export interface TaskInfo {
  name: TaskName;
  title: string;
  description: string;
  kind: TaskKind;
  /** Definition of the score, 0–100; higher is better. */
  metric: string;
}

/** The proxy tasks. Their documents are held out: no pre-training sequence comes from them. */
export const taskCatalog: Readonly<Record<TaskName, TaskInfo>> = {
  mlm: {
    name: "mlm",
    title: "Masked words",
    description:
      "30 % of the tokens of unseen text are hidden; the model says which they were. 0 is what word frequencies alone reach, 100 is certainty.",
    kind: "masked",
    metric: "100 × (1 − loss / unigram loss)",
  },
  swap: {
    name: "swap",
    title: "Swapped neighbours",
    description:
      "Two neighbouring words are hidden; does the model find their own order likelier than the other way round?",
    kind: "zeroShot",
    metric: "accuracy, %",
  },
  substitute: {
    name: "substitute",
    title: "Replaced word",
    description:
      "A word is hidden; does the model find it likelier there than four other words that are about as frequent?",
    kind: "zeroShot",
    metric: "accuracy, %",
  },
  preposition: {
    name: "preposition",
    title: "Missing preposition",
    description:
      "A preposition is hidden; which of ten was it? None is the answer to more than a quarter of the questions.",
    kind: "zeroShot",
    metric: "accuracy, %",
  },
  "half-order": {
    name: "half-order",
    title: "Order of halves",
    description: "The words of a sentence, cut in two halves: which half came first?",
    kind: "fineTuned",
    metric: "accuracy, %",
  },
  definition: {
    name: "definition",
    title: "Thing, action or quality",
    description:
      "A dictionary definition: is what it defines a thing, an action or a quality (noun, verb, adjective of WordNet)? No word of the test is defined in training.",
    kind: "fineTuned",
    metric: "accuracy, %",
  },
  "far-swap": {
    name: "far-swap",
    title: "Distant words swapped",
    description: "Have two words of this sentence that stand apart changed places, or not?",
    kind: "fineTuned",
    metric: "accuracy, %",
  },
  recall: {
    name: "recall",
    title: "Recall",
    description:
      "A stretch of unseen text occurs twice in a sequence, and a word of its second occurrence is hidden; does the model find it likelier there than four other words of the sequence?",
    kind: "zeroShot",
    metric: "accuracy, %",
  },
  reversal: {
    name: "reversal",
    title: "Reversal",
    description:
      "The second half of a sequence is its first half in reverse order, most of it hidden; does the model find a hidden word likelier there than four other words of the sequence?",
    kind: "zeroShot",
    metric: "accuracy, %",
  },
};
