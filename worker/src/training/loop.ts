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

/** A training as steps, which can be cut off between any two. */
export interface TrainingLoop {
  /** Steps done before. */
  from?: number;
  /** Steps wanted, those done before among them. */
  steps: number;
  /** Takes step `step`, counted from 0. */
  takeStep: (step: number) => void | Promise<void>;
  signal: AbortSignal;
  /** Saves the training: every so often, before a stop and at the end. */
  checkpoints?: { everySeconds: number; save: () => Promise<void> };
}

/**
 * Takes all steps that are left: the one loop of every training. Between steps the process handles
 * messages and timers.
 * @throws OpnasError STOPPED once the signal is aborted, after a last checkpoint; what a step throws
 */
export async function runTrainingLoop(loop: TrainingLoop): Promise<void> {
  const { from = 0, steps, takeStep, signal, checkpoints } = loop;
  let lastSaved = performance.now();
  for (let step = from; step < steps; step++) {
    if (signal.aborted) {
      await checkpoints?.save();
      throw stopped(signal);
    }
    await takeStep(step);
    if (checkpoints && performance.now() - lastSaved >= checkpoints.everySeconds * 1000) {
      await checkpoints.save();
      lastSaved = performance.now();
    }
    await nextTurn();
  }
  await checkpoints?.save();
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
