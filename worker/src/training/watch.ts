import { OpnasError } from "@opnas/core";

export type Phase = "train" | "fine-tune" | "score";

/** How a long computation is stopped from outside, and tells how far it is. */
export interface Watch {
  /** Throws STOPPED once a stop was asked for. */
  check(): void;
  progress(phase: Phase, done: number, total: number): void;
}

/** A model whose loss or gradient is no longer a finite number: a result, not a fault. */
export class DivergedError extends Error {
  override readonly name = "DivergedError";
  constructor() {
    super("The loss is no longer finite.");
  }
}

export function watch(
  stopped: () => boolean,
  report?: (phase: Phase, done: number, total: number) => void,
): Watch {
  return {
    check: () => {
      if (stopped()) throw new OpnasError("STOPPED", "The work was stopped before it was done.");
    },
    progress: (phase, done, total) => report?.(phase, done, total),
  };
}

/** Lets the process handle messages and timers between steps. */
export function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
