import type { StepProgress } from "../training/loop.js";

type TrainingPhase = Exclude<StepProgress["phase"], "score">;

/** Median seconds of a step in each kind of training; null where fewer than five were timed. */
export type StepMedians = Record<TrainingPhase, number | null>;

/** Fewest steps that a median is taken of. */
const fewest = 5;

/**
 * Times a candidate's training steps by their progress reports. A step lasts from the report before
 * it to its own, with its batch, gradients, update and whatever else the process does between; the
 * first of a training, which has none before it, is not counted. Steps in which parts are recorded
 * (decision 0009) are slower; the median passes over them.
 */
export class StepTimer {
  private readonly seconds: Record<TrainingPhase, number[]> = { train: [], "fine-tune": [] };
  private lastDone = 0;
  private last = 0;

  /** @param earlier the medians of an evaluation that this one resumes */
  constructor(private readonly earlier: StepMedians = { train: null, "fine-tune": null }) {}

  /** Takes note of a progress; to be called when it is reported. */
  record({ phase, done }: StepProgress): void {
    const now = performance.now();
    if (phase !== "score") {
      const isSecondOfTwo = done > 1 && done === this.lastDone + 1;
      if (isSecondOfTwo) this.seconds[phase].push((now - this.last) / 1000);
      this.lastDone = done;
    }
    this.last = now;
  }

  /**
   * Returns the median seconds of one step of the candidate's own training; of fine-tuning where
   * that had fewer than five to time; null where that had, too. It holds for the batch and length
   * of the settings and for the machine that measured it.
   */
  median(): number | null {
    const { train, "fine-tune": fineTune } = this.medians();
    return train ?? fineTune;
  }

  /** Returns the medians of both kinds of training, for a checkpoint. */
  medians(): StepMedians {
    const of = (phase: TrainingPhase) => median(this.seconds[phase]) ?? this.earlier[phase];
    return { train: of("train"), "fine-tune": of("fine-tune") };
  }
}

/** Returns the median of at least five numbers, else null. */
function median(values: readonly number[]): number | null {
  if (values.length < fewest) return null;
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  const [upper = 0, lower = upper] = [sorted[middle], sorted[middle - 1]];
  return sorted.length % 2 === 1 ? upper : (lower + upper) / 2;
}
