import { stream, type Random } from "../random.js";
import type { Chooser } from "./searchSpace.js";
import type { Candidate, Proposal, SearchContext } from "./strategy.js";

/** Several mutations are drawn for each child, and the one of most promise is proposed. */
export interface Screening<A> {
  draws: number;
  promise: (architecture: A) => number;
}

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
 * New architectures by mutation: one child of each of the parents, none with a key in `known`. Where
 * a parent's neighbours are used up a sampled architecture takes the child's place.
 *
 * @param parents one may be there several times
 */
export function mutateNew<A>(
  parents: readonly Candidate<A>[],
  generation: number,
  known: Iterable<string>,
  choose: Chooser,
  context: SearchContext<A>,
  screening?: Screening<A>,
): Proposal<A>[] {
  const taken = new Set(known);
  const { space, seed } = context;
  return parents.flatMap((parent, index) => {
    const random = stream(seed, `mutation for generation ${generation}`, index);
    const mutate = () => {
      const { architecture, description } = space.mutate(parent.architecture, choose, random);
      const key = space.key(architecture);
      return { architecture, key, parentKey: parent.key, mutation: description };
    };
    const mutated = drawNew(taken, mutate, screening?.draws ?? 1);
    const child = screening ? mostPromising(mutated, screening) : mutated[0];
    if (!child) return sampled(context, taken, random);
    taken.add(child.key);
    return [child];
  });
}

function sampled<A>(
  { space }: SearchContext<A>,
  taken: Set<string>,
  random: Random,
): Proposal<A>[] {
  const sample = () => {
    const architecture = space.sample(random);
    return { architecture, key: space.key(architecture), parentKey: null, mutation: null };
  };
  const drawn = drawNew(taken, sample, 1);
  for (const { key } of drawn) taken.add(key);
  return drawn;
}

/** Up to `count` proposals that are new, each another; fewer, or none, after too many attempts. */
function drawNew<A>(
  taken: ReadonlySet<string>,
  propose: () => Proposal<A>,
  count: number,
): Proposal<A>[] {
  const drawn = new Map<string, Proposal<A>>();
  for (let attempt = 1; attempt < attempts + count && drawn.size < count; attempt++) {
    const proposal = propose();
    if (!taken.has(proposal.key)) drawn.set(proposal.key, proposal);
  }
  return [...drawn.values()];
}

function mostPromising<A>(
  proposals: readonly Proposal<A>[],
  { promise }: Screening<A>,
): Proposal<A> | undefined {
  const ranked = proposals.map((proposal) => ({ proposal, by: promise(proposal.architecture) }));
  return ranked.sort((a, b) => b.by - a.by)[0]?.proposal;
}
