import type { StepProgress } from "../training/loop.js";

/** Fewest steps that a median is taken of. */
const fewest = 5;

/**
 * Times a candidate's training steps by their progress reports. A step lasts from the report before
 * it to its own, with its batch, gradients, update and whatever else the process does between; the
 * first of a training, which has none before it, is not counted. Steps in which parts are recorded
 * (decision 0009) are slower; the median passes over them.
 */
export class StepTimer {
  private readonly seconds = { train: [] as number[], "fine-tune": [] as number[] };
  private last = 0;

  /** Takes note of a progress; to be called when it is reported. */
  record({ phase, done }: StepProgress): void {
    const now = performance.now();
    if (phase !== "score" && done > 1) this.seconds[phase].push((now - this.last) / 1000);
    this.last = now;
  }

  /**
   * Returns the median seconds of one step of the candidate's own training; of fine-tuning where
   * that had fewer than five to time; null where that had, too. It holds for the batch and length
   * of the settings and for the machine that measured it.
   */
  median(): number | null {
    const { train, "fine-tune": fineTune } = this.seconds;
    const steps = train.length >= fewest ? train : fineTune;
    if (steps.length < fewest) return null;
    const sorted = steps.toSorted((a, b) => a - b);
    const middle = sorted.length >> 1;
    const [upper = 0, lower = upper] = [sorted[middle], sorted[middle - 1]];
    return sorted.length % 2 === 1 ? upper : (lower + upper) / 2;
  }
}
