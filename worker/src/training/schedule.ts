/**
 * The learning rate of a step (from 0): rises in a line to `peak` over the first `warmup` share (0–1)
 * of the steps, then falls in a line towards 0.
 */
export function learningRateAt(step: number, steps: number, peak: number, warmup: number): number {
  const rising = Math.max(1, Math.round(steps * warmup));
  return step < rising
    ? (peak * (step + 1)) / rising
    : (peak * (steps - step)) / Math.max(1, steps - rising);
}
