import { OpnasError } from "../errors.js";
import type { Random } from "../random.js";
import type { SearchSpace } from "./searchSpace.js";

/** Samples drawn before it is said that the accepted part of the space is too small to search. */
const sampleAttempts = 10_000;

/** Neighbours of one parent drawn before it is held to have none that is accepted. */
const mutationAttempts = 256;

/**
 * The part of a space that `accepts` holds for: whatever is not accepted is drawn again, from the
 * same stream. Where no accepted neighbour of a parent is found, a fresh sample stands in for it and
 * says so. A chooser is asked for every draw, also those that were not accepted: to a policy that
 * learns they are steps of the same episode.
 *
 * `sample`, and `mutate` where it samples, throw OpnasError BAD_SETTING when none of 10,000 samples
 * is accepted.
 *
 * @param accepts pure: the same for the same architecture
 */
export function within<A>(
  space: SearchSpace<A>,
  accepts: (architecture: A) => boolean,
): SearchSpace<A> {
  const sample = (random: Random, isWanted: (architecture: A) => boolean = accepts): A => {
    for (let attempt = 0; attempt < sampleAttempts; attempt++) {
      const architecture = space.sample(random);
      if (isWanted(architecture)) return architecture;
    }
    throw new OpnasError(
      "BAD_SETTING",
      `Of ${sampleAttempts} sampled architectures none is within the search's limits; raise them.`,
    );
  };
  return {
    operations: space.operations,
    sample: (random) => sample(random),
    key: (architecture) => space.key(architecture),
    features: (architecture) => space.features(architecture),
    mutate: (parent, choose, random) => {
      for (let attempt = 0; attempt < mutationAttempts; attempt++) {
        const mutation = space.mutate(parent, choose, random);
        if (accepts(mutation.architecture)) return mutation;
      }
      const parentKey = space.key(parent);
      const isOther = (one: A) => accepts(one) && space.key(one) !== parentKey;
      const description = "sampled anew: no mutation of the parent was within the limits";
      return { architecture: sample(random, isOther), description };
    },
  };
}
