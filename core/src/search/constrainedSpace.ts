import { OpnasError } from "../errors.js";
import type { Random } from "../random.js";
import type { SearchSpace } from "./searchSpace.js";

/** Samples that may be rejected before the accepted part counts as too small to search. */
const sampleAttempts = 10_000;

/** Mutations of a parent that may be rejected before a fresh sample replaces them. */
const mutationAttempts = 256;

/**
 * Returns the part of a space that satisfies a constraint, by rejection sampling from the same
 * stream. Where 256 mutations of a parent are rejected, a fresh sample replaces them and its
 * description says so. The chooser is asked for rejected mutations too: to a policy they are steps
 * of the same episode.
 *
 * Where the parent is all that 10,000 samples find, it is returned itself, and a search ends. Where
 * they find nothing, `sample`, and `mutate` where it samples, throw OpnasError BAD_SETTING: a
 * constraint that so few architectures meet belongs into the space's own `sample`.
 *
 * @param accepts the constraint; a pure function of the architecture
 */
export function constrainedSpace<A>(
  space: SearchSpace<A>,
  accepts: (architecture: A) => boolean,
): SearchSpace<A> {
  const within = (random: Random, isWanted: (architecture: A) => boolean): A | undefined => {
    for (let attempt = 0; attempt < sampleAttempts; attempt++) {
      const architecture = space.sample(random);
      if (isWanted(architecture)) return architecture;
    }
    return undefined;
  };
  return {
    operations: space.operations,
    sample: (random) => within(random, accepts) ?? refuse(),
    key: (architecture) => space.key(architecture),
    features: (architecture) => space.features(architecture),
    mutate: (parent, choose, random) => {
      for (let attempt = 0; attempt < mutationAttempts; attempt++) {
        const mutation = space.mutate(parent, choose, random);
        if (accepts(mutation.architecture)) return mutation;
      }
      const parentKey = space.key(parent);
      const isOther = (one: A) => accepts(one) && space.key(one) !== parentKey;
      const architecture = within(random, isOther);
      if (architecture === undefined) {
        if (!accepts(parent)) refuse();
        return { architecture: parent, description: "nothing else was found within the limits" };
      }
      const description = "sampled anew: no mutation of the parent was within the limits";
      return { architecture, description };
    },
  };
}

function refuse(): never {
  throw new OpnasError(
    "BAD_SETTING",
    `Of ${sampleAttempts} sampled architectures none is within the search's limits. Loosen them, or let the space sample only what is within.`,
  );
}
