import { uniformFloat64 } from "pure-rand/distribution/uniformFloat64";
import { uniformInt } from "pure-rand/distribution/uniformInt";
import { xoroshiro128plusFromState } from "pure-rand/generator/xoroshiro128plus";
import { OpnasError } from "./errors.js";
import { hashWords } from "./hash.js";

/** A stream of random choices. Two streams made from the same names give the same choices. */
export interface Random {
  /** Uniform in [0, 1), 53 bits. */
  next(): number;
  /** Uniform integer in [0, bound); bound is an integer in [1, 2³²]. */
  int(bound: number): number;
  /** Standard normal: mean 0, variance 1. */
  normal(): number;
  /** One item, each equally likely; throws BAD_INPUT on an empty list. */
  pick<T>(items: readonly T[]): T;
  /** A shuffled copy. */
  shuffle<T>(items: readonly T[]): T[];
  /** An index, drawn in proportion to finite weights ≥ 0 of which at least one is positive. */
  weighted(weights: readonly number[]): number;
}

/**
 * The stream that belongs to (seed, purpose, index). Streams share nothing: adding a choice to one
 * never moves another, and nothing depends on the order in which streams are used.
 *
 * @param seed the run's seed, an integer
 * @param purpose what the choices are for, e.g. "mutation of generation 3"
 * @param index tells apart streams of one purpose, e.g. a candidate's place
 */
export function stream(seed: number, purpose: string, index = 0): Random {
  return new SeededRandom(hashWords(JSON.stringify([seed, purpose, index])));
}

class SeededRandom implements Random {
  private readonly generator;

  constructor(state: readonly number[]) {
    this.generator = xoroshiro128plusFromState(state);
  }

  next(): number {
    return uniformFloat64(this.generator);
  }

  int(bound: number): number {
    if (!Number.isSafeInteger(bound) || bound < 1) {
      throw new OpnasError(
        "BAD_INPUT",
        `A random integer needs a bound of 1 or more, not ${bound}.`,
      );
    }
    return uniformInt(this.generator, 0, bound - 1);
  }

  /** Box–Muller, one of its two values: the other would be hidden state. */
  normal(): number {
    const radius = Math.sqrt(-2 * Math.log(1 - this.next()));
    return radius * Math.cos(2 * Math.PI * this.next());
  }

  pick<T>(items: readonly T[]): T {
    return items[this.int(items.length)] as T;
  }

  /** Fisher–Yates. */
  shuffle<T>(items: readonly T[]): T[] {
    const result = [...items];
    for (let last = result.length - 1; last > 0; last--) {
      const other = this.int(last + 1);
      [result[last], result[other]] = [result[other] as T, result[last] as T];
    }
    return result;
  }

  weighted(weights: readonly number[]): number {
    const total = weights.reduce((sum, weight) => sum + weight, 0);
    if (!Number.isFinite(total) || total <= 0 || weights.some((weight) => weight < 0)) {
      throw new OpnasError("BAD_INPUT", "Weights must be finite, not negative, and not all zero.");
    }
    let rest = this.next() * total;
    let drawn = -1;
    for (const [index, weight] of weights.entries()) {
      if (weight === 0) continue;
      drawn = index;
      rest -= weight;
      if (rest < 0) break;
    }
    return drawn;
  }
}
