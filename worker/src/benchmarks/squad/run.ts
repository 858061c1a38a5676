import path from "node:path";
import { OpnasError } from "@opnas/core";
import { z } from "zod";
import type { Model } from "../../model/modelFile.js";
import { writeAtomically } from "../../files/writeAtomically.js";
import { separatorsOf } from "../../text/tokenizer.js";
import { piecesOf } from "../encode.js";
import { type FileReport, readIfThere } from "../benchmarkFiles.js";
import { keeping, type KeepWeights } from "../keep.js";
import { resumeOr, resultKeyOf } from "../resume.js";
import {
  bestTrial,
  checkLength,
  controlOf,
  modelToTune,
  trialSchema,
  type BenchmarkControl,
  type TunedModel,
  type Tuning,
} from "../tuning.js";
import { evaluateSquad } from "./metrics.js";
import { fineTuneSquad, scoreWindows, type SpanScores } from "./spanModel.js";
import { SpanSearch } from "./predict.js";
import { parseSquad, squadVersions, type SquadQuestion, type SquadVersion } from "./read.js";
import { encodeQuestions, windowsOf, type Window } from "./windows.js";

/** Settings of windows and answers, in word pieces; the defaults are BERT's. */
export const spanSchema = z.strictObject({
  /** Most pieces of a question. */
  questionLength: z.int().min(1).default(64),
  /** Pieces from one window's beginning to the next one's. */
  stride: z.int().min(1),
  /** Most pieces of an answer. */
  answerLength: z.int().min(1).default(30),
});
export type SpanSettings = z.infer<typeof spanSchema>;

/** Fewest tokens of a row besides the question and what stands between: [CLS], [SEP], a piece of the passage. */
const fewestOthers = 3;

/** Everything that a run of SQuAD follows from. */
export interface SquadInput extends BenchmarkControl {
  model: Model;
  /** Checksum of the model's file of weights, which the result names. */
  checksum: string;
  /** A folder with `train-v1.1.json` and `dev-v1.1.json`, or those of v2.0, or all four. */
  folder: string;
  /** The folder that `squad.json` and the predictions are written to. */
  out: string;
  tuning: Tuning;
  spans: SpanSettings;
  /** True if the best model of each version is kept (`keeping`). */
  keep?: boolean;
}

const versionResultSchema = z.object({
  version: z.enum(squadVersions),
  /**
   * The output of this version's official script for the predictions that were written (v2.0: with
   * the no-answer probabilities), under its names.
   */
  metrics: z.record(z.string(), z.number()),
  /** The probability of no answer above which nothing is predicted (v2.0); null in v1.1. */
  noAnswerThreshold: z.number().nullable(),
  /**
   * The learning rate of the trial with the best F1; null if all diverged: then every prediction is
   * "".
   */
  learningRate: z.number().nullable(),
  trials: z.array(trialSchema),
  /** Numbers of questions longer than `questionLength`, whose ends were not read. */
  cut: z.object({ train: z.int(), dev: z.int() }),
});
export type SquadVersionResult = z.infer<typeof versionResultSchema>;

const outcomeSchema = z.object({
  result: versionResultSchema,
  predictions: z.record(z.string(), z.string()),
  noAnswer: z.record(z.string(), z.number()),
});
type Outcome = z.infer<typeof outcomeSchema>;

/** The result of a run of SQuAD, written as `squad.json`. */
export interface SquadResult {
  benchmark: "SQuAD";
  /** Checksum of the model's file of weights. */
  model: string;
  tuning: Tuning;
  spans: SpanSettings;
  versions: SquadVersionResult[];
  /** The counts of sound and malformed questions of each file. */
  files: FileReport[];
}

/**
 * Fine-tunes a model to mark the answers of SQuAD and scores it on the dev sets of the versions
 * that the folder has. All files are read before the first training; results are written after
 * every version, and an interrupted run resumes with the first version that is not done. The
 * threshold of v2.0 is the one with the best F1 on the dev set, as for BERT.
 *
 * @throws OpnasError STOPPED once the signal is aborted; BAD_INPUT if a file is missing or cannot be used;
 *   BAD_SETTING
 */
export async function runSquad(input: SquadInput): Promise<SquadResult> {
  const { model, checksum, out, tuning, spans, keep = false } = input;
  checkSettings(input);
  const sets = await readFolder(input.folder);
  const files = sets.flatMap(({ reports }) => reports);
  const head = { benchmark: "SQuAD", model: checksum } as const;
  const result: SquadResult = { ...head, tuning, spans, versions: [], files };
  const tuned = modelToTune(model);
  const write = (name: string, content: unknown) =>
    writeAtomically(path.join(out, name), [`${JSON.stringify(content, null, 2)}\n`]);
  try {
    for (const set of sets) {
      const task = `SQuAD v${set.version}`;
      const controlAt = controlOf(input, task);
      const { train, dev } = set;
      const key = resultKeyOf(model, { tuning, spans, train, dev, ...(keep && { keep }) });
      const kept = keep ? keeping(out, model, { name: task, labels: null }) : undefined;
      const done = await resumeOr(out, `squad-v${set.version}`, key, outcomeSchema, () =>
        runVersion(tuned, set, tuning, spans, controlAt, kept),
      );
      result.versions.push(done.result);
      const { predictions, noAnswer } = done;
      await write(`squad-v${set.version}-predictions.json`, predictions);
      if (set.version === "2.0") await write("squad-v2.0-na-prob.json", noAnswer);
      await write("squad.json", result);
    }
  } finally {
    tuned.backbone.release();
  }
  return result;
}

/** The questions of a version's files. */
interface SquadSet {
  version: SquadVersion;
  train: SquadQuestion[];
  dev: SquadQuestion[];
  reports: FileReport[];
}

async function readFolder(folder: string): Promise<SquadSet[]> {
  const sets: SquadSet[] = [];
  for (const version of squadVersions) {
    const file = (part: string) => path.join(folder, `${part}-v${version}.json`);
    const [train, dev] = await Promise.all([readIfThere(file("train")), readIfThere(file("dev"))]);
    if (train === undefined && dev === undefined) continue;
    if (train === undefined || dev === undefined) {
      const missing = file(train === undefined ? "train" : "dev");
      throw new OpnasError("BAD_INPUT", `There is no file ${missing}.`);
    }
    const [trained, tested] = [
      parseSquad(train, file("train"), version, "train"),
      parseSquad(dev, file("dev"), version, "dev"),
    ];
    sets.push({
      version,
      train: trained.questions,
      dev: tested.questions,
      reports: [trained.report, tested.report],
    });
  }
  if (sets.length > 0) return sets;
  const names = "neither train-v1.1.json nor train-v2.0.json";
  throw new OpnasError("BAD_INPUT", `There is ${names} in ${folder}.`);
}

async function runVersion(
  model: TunedModel,
  { version, train, dev }: SquadSet,
  tuning: Tuning,
  spans: SpanSettings,
  controlAt: ReturnType<typeof controlOf>,
  keep?: KeepWeights,
): Promise<Outcome> {
  const shape = { ...spans, length: tuning.length };
  const windowsIn = (questions: readonly SquadQuestion[]) =>
    encodeQuestions(model.encoder, questions, spans.questionLength).map((question) =>
      windowsOf(question, shape),
    );
  const [trainWindows, devWindows] = [windowsIn(train).flat(), windowsIn(dev)];
  const { trials, best } = await bestTrial(tuning.learningRates, async (learningRate) => {
    const control = controlAt(learningRate);
    const purpose = `SQuAD v${version}`;
    const weights = await fineTuneSquad(
      model,
      trainWindows,
      tuning,
      learningRate,
      purpose,
      control,
    );
    const search = new SpanSearch(devWindows, spans.answerLength);
    const see = (window: Window, scores: SpanScores) => search.see(window, scores);
    await scoreWindows(model, weights, devWindows.flat(), tuning, see, control);
    return { weights, ...evaluateSquad(version, dev, search.predictions()) };
  });
  if (best) await keep?.(best.weights);
  const { learningRate = null } = best ?? {};
  const none = dev.map(({ id }) => ({ id, text: "", noAnswer: 1 }));
  const evaluation = best ?? evaluateSquad(version, dev, none);
  const { metrics, noAnswerThreshold, predictions, noAnswer } = evaluation;
  const cutIn = (questions: readonly SquadQuestion[]) =>
    questions.filter(({ text }) => piecesOf(model.encoder, text).length > spans.questionLength)
      .length;
  const cut = { train: cutIn(train), dev: cutIn(dev) };
  const result = { version, metrics, noAnswerThreshold, learningRate, trials, cut };
  return { result, predictions: { ...predictions }, noAnswer: { ...noAnswer } };
}

/** Throws BAD_SETTING unless a row can hold a question and a part of its passage. */
function checkSettings({ model, tuning, spans }: SquadInput): void {
  checkLength(tuning, model);
  const longest = tuning.length - fewestOthers - separatorsOf(model.pieces);
  if (spans.questionLength <= longest) return;
  throw new OpnasError(
    "BAD_SETTING",
    `With rows of ${tuning.length} tokens a question may have at most ${longest}, not ${spans.questionLength}.`,
  );
}
