import { Cholesky, dot } from "./cholesky.js";
import { covariances, type KernelParameters, type Similarities } from "./kernel.js";

/** The parameters of the kernel and the noise. */
export interface Parameters extends KernelParameters {
  /** The variance of an evaluation's noise, where scores have 1. */
  noise: number;
}

/** The values that each parameter is chosen from, in the order in which they are tried. */
const choices = {
  sharedWeight: [0, 0.5, 0.9],
  linearShare: [0.3, 0.6, 0.9],
  length: [0.25, 0.7, 2],
  noise: [0.03, 0.1, 0.3, 0.8],
} as const satisfies Record<keyof Parameters, readonly number[]>;
const names = ["sharedWeight", "linearShare", "length", "noise"] as const;

/** The parameters that the choice starts with. */
const usual: Parameters = { sharedWeight: 0.5, linearShare: 0.6, length: 0.7, noise: 0.1 };

/** Times that all parameters are gone through. */
const rounds = 2;

/**
 * Chooses the parameters by the likelihood of the scores: one parameter after the other takes its
 * likeliest value, twice. That finds searches as good as trying all 108 combinations does
 * (docs/decisions/0042), for a fifth of the cost.
 *
 * @param scores the scores, of variance 1
 * @param pairs the similarities of each architecture to the earlier ones and to itself
 */
export function chooseParameters(
  scores: readonly number[],
  pairs: readonly Similarities[],
): Parameters {
  let best = { parameters: usual, fit: logLikelihood(scores, pairs, usual) };
  for (let round = 0; round < rounds; round++) {
    for (const name of names) {
      for (const value of choices[name]) {
        if (value === best.parameters[name]) continue;
        const parameters = { ...best.parameters, [name]: value };
        const fit = logLikelihood(scores, pairs, parameters);
        if (fit > best.fit) best = { parameters, fit };
      }
    }
  }
  return best.parameters;
}

/** Returns the factor of the scores' covariance, noise included. */
export function factorOf(pairs: readonly Similarities[], parameters: Parameters): Cholesky {
  const factor = new Cholesky();
  for (const [at, row] of pairs.entries()) {
    const entries = covariances(row, parameters);
    factor.append(entries.subarray(0, at), (entries[at] ?? 0) + parameters.noise);
  }
  return factor;
}

function logLikelihood(
  scores: readonly number[],
  pairs: readonly Similarities[],
  parameters: Parameters,
): number {
  const factor = factorOf(pairs, parameters);
  const whitened = factor.forward(scores);
  return -0.5 * (dot(whitened, whitened) + factor.logDeterminant());
}
