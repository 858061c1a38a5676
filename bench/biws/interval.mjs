import { stream } from "@opnas/core";
import { kendall } from "../pool/statistics.mjs";

const resamplings = 1000;

/** Kendall's τ with its 95 % interval by resampling the pairs (bootstrap percentiles). */
export function kendallWithInterval(a, b) {
  const random = stream(0, "resampling");
  const values = Array.from({ length: resamplings }, () => {
    const chosen = a.map(() => random.int(a.length));
    return kendall(
      chosen.map((at) => a[at]),
      chosen.map((at) => b[at]),
    );
  }).sort((x, y) => x - y);
  const at = (share) => values[Math.round(share * (resamplings - 1))];
  return { median: kendall(a, b), low: at(0.025), high: at(0.975) };
}
