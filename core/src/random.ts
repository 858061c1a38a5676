import { uniformFloat64 } from "pure-rand/distribution/uniformFloat64";
import { uniformInt } from "pure-rand/distribution/uniformInt";
import { xoroshiro128plusFromState } from "pure-rand/generator/xoroshiro128plus";
import { OpnasError } from "./errors.js";
import { hashWords } from "./hash.js";

/** A stream of random choices; streams of the same seed, purpose and index give the same choices. */
export interface Random {
  /** Returns a uniform number in [0, 1), with 53 bits. */
  next(): number;
  /** Returns a uniform integer in [0, bound); bound is an integer in [1, 2³²]. */
  int(bound: number): number;
  /** Returns a standard normal number: mean 0, variance 1. */
  normal(): number;
  /** Returns one item, each equally likely; throws BAD_INPUT on an empty list. */
  pick<T>(items: readonly T[]): T;
  /** Returns a shuffled copy. */
  shuffle<T>(items: readonly T[]): T[];
  /** Returns an index in proportion to finite weights ≥ 0, of which at least one is positive. */
  weighted(weights: readonly number[]): number;
}

/**
 * Returns the random stream of (seed, purpose, index). Streams share no state: another choice from
 * one never changes another, and nothing depends on the order in which streams are used.
 *
 * @param seed the run's seed, an integer
 * @param purpose names the use of the choices, e.g. "mutation of generation 3"
 * @param index distinguishes streams of one purpose, e.g. by a candidate's position
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

  /** Uses one of the two values of Box–Muller; keeping the other would be hidden state. */
  normal(): number {
    const radius = Math.sqrt(-2 * Math.log(1 - this.next()));
    return radius * Math.cos(2 * Math.PI * this.next());
  }

  pick<T>(items: readonly T[]): T {
    return items[this.int(items.length)] as T;
  }

  /** Shuffles by Fisher–Yates. */
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
    let sampled = -1;
    for (const [index, weight] of weights.entries()) {
      if (weight === 0) continue;
      sampled = index;
      rest -= weight;
      if (rest < 0) break;
    }
    return sampled;
  }
}
