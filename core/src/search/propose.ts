import { stream, type Random } from "../random.js";
import type { Chooser } from "./searchSpace.js";
import type { Candidate, Proposal, SearchContext } from "./strategy.js";

/** Attempts at something new before mutation gives way to sampling, and sampling to nothing. */
const attempts = 32;

/** New architectures by sampling: up to `count`, none with a key in `known`. */
export function sampleNew<A>(
  count: number,
  generation: number,
  known: Iterable<string>,
  context: SearchContext<A>,
): Proposal<A>[] {
  const taken = new Set(known);
  return Array.from({ length: count }, (_, index) =>
    sampled(context, taken, stream(context.seed, `sample for generation ${generation}`, index)),
  ).flat();
}

/**
 * New architectures by mutation: `childrenPerParent` of each parent, none with a key in `known`.
 * Where a parent's neighbours are used up a sampled architecture takes the child's place.
 */
export function mutateNew<A>(
  parents: readonly Candidate<A>[],
  generation: number,
  known: Iterable<string>,
  choose: Chooser,
  context: SearchContext<A>,
): Proposal<A>[] {
  const taken = new Set(known);
  const { space, seed, settings } = context;
  const places = parents.flatMap((parent) =>
    Array.from({ length: settings.childrenPerParent }, () => parent),
  );
  return places.flatMap((parent, index) => {
    const random = stream(seed, `mutation for generation ${generation}`, index);
    const mutated = firstNew(taken, () => {
      const { architecture, description } = space.mutate(parent.architecture, choose, random);
      const key = space.key(architecture);
      return { architecture, key, parentKey: parent.key, mutation: description };
    });
    return mutated.length > 0 ? mutated : sampled(context, taken, random);
  });
}

function sampled<A>(
  { space }: SearchContext<A>,
  taken: Set<string>,
  random: Random,
): Proposal<A>[] {
  return firstNew(taken, () => {
    const architecture = space.sample(random);
    return { architecture, key: space.key(architecture), parentKey: null, mutation: null };
  });
}

/** The first proposal that is new, and its key taken; none after too many attempts. */
function firstNew<A>(taken: Set<string>, propose: () => Proposal<A>): Proposal<A>[] {
  for (let attempt = 0; attempt < attempts; attempt++) {
    const proposal = propose();
    if (taken.has(proposal.key)) continue;
    taken.add(proposal.key);
    return [proposal];
  }
  return [];
}
