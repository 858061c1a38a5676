import { setImmediate } from "node:timers/promises";
import { OpnasError } from "@opnas/core";

/** Progress of a long computation, in steps of a training or in items that are scored. */
export interface StepProgress {
  phase: "train" | "fine-tune" | "score";
  done: number;
  total: number;
}

/** The means by which a caller stops and follows a long computation. */
export interface RunControl {
  /** Looked at between steps; once aborted, the computation throws STOPPED. */
  signal: AbortSignal;
  /** Called after every step. */
  onProgress?: ((progress: StepProgress) => void) | undefined;
}

/** The checkpoints of a training: every so often, before a stop and, unless told otherwise, at the end. */
export interface Checkpointing {
  everySeconds: number;
  /** Saves the training; not called for a state that is saved already. */
  save: () => Promise<void>;
  /** False where the caller saves what the training is part of. */
  atEnd?: boolean;
}

/** A training as steps, which can be cut off between any two. */
export interface TrainingLoop {
  /** Steps done before. */
  from?: number;
  /** Steps wanted, those done before among them. */
  steps: number;
  /** Takes step `step`, counted from 0. */
  takeStep: (step: number) => void | Promise<void>;
  signal: AbortSignal;
  checkpoints?: Checkpointing | undefined;
}

/**
 * Takes all steps that are left: the one loop of every training. Between steps the process handles
 * messages and timers.
 * @throws OpnasError STOPPED once the signal is aborted, after a last checkpoint; what a step throws
 */
export async function runTrainingLoop(loop: TrainingLoop): Promise<void> {
  const { from = 0, steps, takeStep, signal, checkpoints } = loop;
  let saved = { step: from, time: performance.now() };
  const save = async (step: number) => {
    if (step > saved.step) await checkpoints?.save();
    saved = { step, time: performance.now() };
  };
  for (let step = from; step < steps; step++) {
    if (signal.aborted) {
      await save(step);
      throw stopped(signal);
    }
    await takeStep(step);
    if (checkpoints && performance.now() - saved.time >= checkpoints.everySeconds * 1000) {
      await save(step + 1);
    }
    await nextTurn();
  }
  if (checkpoints?.atEnd ?? true) await save(steps);
}

/** @throws OpnasError STOPPED once the signal is aborted */
export function throwIfStopped(signal: AbortSignal): void {
  if (signal.aborted) throw stopped(signal);
}

function stopped(signal: AbortSignal): OpnasError {
  const sentence = "The work was stopped before it was done; it can go on.";
  return new OpnasError("STOPPED", sentence, { cause: signal.reason });
}

/** Lets the process handle messages and timers between steps. */
export async function nextTurn(): Promise<void> {
  await setImmediate();
}
