/** The first digits of steps between ticks, in order. */
const digits = [1, 2, 2.5, 5, 10];

/**
 * Returns ticks at even distances on round numbers, which include the values from `low` to `high`: two at
 * least, and at most `most`.
 */
export function evenTicks(low: number, high: number, most = 6): number[] {
  const span = high > low ? high - low : Math.max(Math.abs(high), 1);
  const power = 10 ** Math.floor(Math.log10(span / most));
  const fit = (step: number) => Math.ceil(high / step - 1e-9) - Math.floor(low / step + 1e-9) + 1;
  const steps = [...digits, ...digits.map((digit) => 10 * digit)].map((digit) => digit * power);
  const step = steps.find((each) => fit(each) <= most) ?? span;
  const first = Math.floor(low / step + 1e-9);
  return Array.from({ length: Math.max(2, fit(step)) }, (_, index) =>
    Number(((first + index) * step).toPrecision(12)),
  );
}
