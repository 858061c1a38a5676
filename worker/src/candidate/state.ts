import { OpnasError } from "@opnas/core";
import { candidateResultSchema, taskScoreSchema, type CandidateResult } from "@opnas/prisma";
import { z } from "zod";
import type { Parameter } from "../model/parameters.js";
import { tensorNamed, type Tensors } from "../model/tensors.js";
import {
  loadTraining,
  loadWeights,
  saveTraining,
  textOf,
  textTensor,
} from "../training/checkpoints.js";
import { newTraining, type OwnTraining } from "./train.js";

const partsSchema = z.object({
  /** Steps of the candidate's own training that are done. */
  step: z.int().min(0),
  /** Steps of Adam; null once the candidate's own training is done, which is the end of Adam's use. */
  adamSteps: z.int().min(0).nullable(),
  /** Held-out masked words' cross-entropy in nats and accuracy (0–1); null before they are scored. */
  heldOut: z.object({ loss: z.number(), accuracy: z.number() }).nullable(),
  /** Scores of the tasks that are done, in their order. */
  taskScores: z.array(taskScoreSchema),
  timings: candidateResultSchema.shape.timings,
  stepMedians: z.object({ train: z.number().nullable(), "fine-tune": z.number().nullable() }),
});

/** The parts of an evaluation that are done. */
type Parts = Omit<z.infer<typeof partsSchema>, "step" | "adamSteps">;

/** Everything that an evaluation needs to resume as if it had never been interrupted. */
export interface CandidateState {
  training: OwnTraining;
  isTrained: boolean;
  parts: Parts;
}

/** An evaluation before its first step, of weights that it takes over. */
export function newState(weights: Tensors): CandidateState {
  return {
    training: newTraining(weights),
    isTrained: false,
    parts: {
      heldOut: null,
      taskScores: [],
      timings: { trainSeconds: 0, fineTuneSeconds: 0, scoreSeconds: 0 },
      stepMedians: { train: null, "fine-tune": null },
    },
  };
}

const partsTensor = "candidate.parts";
const resultTensor = "candidate.result";

/**
 * Names the state's tensors, weights under their own names. They share their memory with the
 * training: they hold until its next step.
 */
export function saveState({ training, isTrained, parts }: CandidateState): Tensors {
  const { weights, adam, step } = training;
  const saved = { ...parts, step, adamSteps: isTrained ? null : adam.step };
  return new Map([
    ...(isTrained ? weights : saveTraining(weights, adam)),
    [partsTensor, textTensor(JSON.stringify(saved))],
  ]);
}

/** Names the one tensor of an evaluation that is done: its result. */
export function saveResult(result: CandidateResult): Tensors {
  return new Map([[resultTensor, textTensor(JSON.stringify(result))]]);
}

/**
 * Restores what `saveState` or `saveResult` saved; the state takes the tensors' memory over.
 * @throws OpnasError CORRUPT_ARTIFACT if anything is missing or of another form
 */
export function loadState(
  tensors: Tensors,
  parameters: readonly Parameter[],
): CandidateState | { result: CandidateResult } {
  const result = tensors.get(resultTensor);
  if (result !== undefined) return { result: parse(candidateResultSchema, textOf(result)) };
  const { step, adamSteps, ...parts } = parse(
    partsSchema,
    textOf(tensorNamed(tensors, partsTensor)),
  );
  if (adamSteps === null) {
    const training = { ...newTraining(loadWeights(tensors, parameters)), step };
    return { training, isTrained: true, parts };
  }
  const { weights, adam } = loadTraining(tensors, parameters);
  return {
    training: { weights, adam: { step: adamSteps, ...adam }, step },
    isTrained: false,
    parts,
  };
}

function parse<T>(schema: z.ZodType<T>, text: string): T {
  try {
    return schema.parse(JSON.parse(text));
  } catch (cause) {
    if (!(cause instanceof SyntaxError || cause instanceof z.ZodError)) throw cause;
    const sentence = "The checkpoint's evaluation is not of a form that this version knows.";
    throw new OpnasError("CORRUPT_ARTIFACT", sentence, { cause });
  }
}
