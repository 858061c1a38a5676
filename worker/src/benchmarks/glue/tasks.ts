import type { Metric } from "./metrics.js";

/** The nine tasks of GLUE by their folders' names. */
export const glueTaskNames = [
  ...(["CoLA", "SST-2", "MRPC", "STS-B", "QQP", "MNLI", "QNLI", "RTE", "WNLI"] as const),
] as const;
export type GlueTaskName = (typeof glueTaskNames)[number];

/** A dev set with its test set: MNLI has two, the other tasks one. */
export interface GlueSet {
  /** `matched` or `mismatched`; null if the task has only one set. */
  name: string | null;
  dev: string;
  test: string;
  /** The submission's file for this test set's predictions. */
  submission: string;
}

/** A task, with the format of its files in the official folder. */
export interface GlueTask {
  /** The task's name, which is also that of its folder. */
  name: GlueTaskName;
  /** The columns of the one or two sentences. */
  texts: readonly string[];
  /** The column of the label in training and dev files. */
  label: string;
  /** The column of the row's number in test files. */
  index: string;
  /** The labels by class; absent if the label is a score from 0 to 5. */
  classes?: readonly string[];
  /** The columns of training and dev files that have no header. */
  headless?: readonly string[];
  /** The metrics, whose mean over all sets is the task's score. */
  metrics: readonly Metric[];
  sets: readonly GlueSet[];
}

const pair = ["sentence1", "sentence2"];
const binary = ["0", "1"];
const entailment = ["entailment", "not_entailment"];

const tasks: Record<GlueTaskName, Partial<GlueTask> & Pick<GlueTask, "metrics">> = {
  CoLA: {
    texts: ["sentence"],
    classes: binary,
    headless: ["source", "label", "star", "sentence"],
    metrics: ["matthews"],
  },
  "SST-2": { texts: ["sentence"], classes: binary, metrics: ["accuracy"] },
  MRPC: {
    texts: ["#1 String", "#2 String"],
    label: "Quality",
    classes: binary,
    metrics: ["f1", "accuracy"],
  },
  "STS-B": { label: "score", metrics: ["pearson", "spearman"] },
  QQP: {
    texts: ["question1", "question2"],
    label: "is_duplicate",
    index: "id",
    classes: binary,
    metrics: ["f1", "accuracy"],
  },
  MNLI: {
    label: "gold_label",
    classes: ["entailment", "neutral", "contradiction"],
    metrics: ["accuracy"],
    sets: [setOf("matched", "MNLI-m.tsv"), setOf("mismatched", "MNLI-mm.tsv")],
  },
  QNLI: { texts: ["question", "sentence"], classes: entailment, metrics: ["accuracy"] },
  RTE: { classes: entailment, metrics: ["accuracy"] },
  WNLI: { classes: binary, metrics: ["accuracy"] },
};

/** The nine tasks of GLUE (Wang et al. 2019), in the order of its table. */
export const glueTasks: readonly GlueTask[] = glueTaskNames.map((name) => ({
  name,
  texts: pair,
  label: "label",
  index: "index",
  sets: [{ name: null, dev: "dev.tsv", test: "test.tsv", submission: `${name}.tsv` }],
  ...tasks[name],
}));

/** The diagnostic set: test rows in MNLI's form, predicted by the model of MNLI. */
export const diagnostic = { folder: "diagnostic", file: "diagnostic.tsv", submission: "AX.tsv" };

/** The files of a whole submission. */
export const submissionNames: readonly string[] = [
  ...glueTasks.flatMap(({ sets }) => sets.map(({ submission }) => submission)),
  diagnostic.submission,
];

/** The class that counts as positive for F1 and Matthews. */
export const positiveClass = 1;

function setOf(name: string, submission: string): GlueSet {
  return { name, dev: `dev_${name}.tsv`, test: `test_${name}.tsv`, submission };
}
