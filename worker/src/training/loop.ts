import { OpnasError } from "@opnas/core";
import type { Tensors } from "../model/tensors.js";
import { nextTurn } from "./watch.js";

/** A training that can be cut off after any step and go on from what it saved. */
export interface SteppedTraining {
  /** Steps wanted. */
  steps: number;
  state: { step: number };
  /** Counts itself in `state`. */
  takeStep: () => Promise<void>;
  save: () => Tensors;
}

export interface Checkpoints {
  /** Stores a checkpoint; called every `checkpointEverySeconds`, before a stop and at the end. */
  checkpoint: (tensors: Tensors) => Promise<void>;
  /** Looked at between steps. */
  stopped: () => boolean;
}

/**
 * Takes all steps that are left, with checkpoints meanwhile.
 * @returns the last checkpoint
 * @throws OpnasError STOPPED once `stopped()`, after a last checkpoint; what a step throws
 */
export async function trainToEnd(
  { steps, state, takeStep, save }: SteppedTraining,
  checkpointEverySeconds: number,
  { checkpoint, stopped }: Checkpoints,
): Promise<Tensors> {
  let lastCheckpoint = performance.now();
  while (state.step < steps) {
    if (stopped()) {
      await checkpoint(save());
      throw new OpnasError("STOPPED", "The training was stopped; it can go on.");
    }
    await takeStep();
    if (performance.now() - lastCheckpoint >= checkpointEverySeconds * 1000) {
      await checkpoint(save());
      lastCheckpoint = performance.now();
    }
    await nextTurn();
  }
  const last = save();
  await checkpoint(last);
  return last;
}
