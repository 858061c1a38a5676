import { stream, type Random } from "../random.js";
import type { Chooser } from "./searchSpace.js";
import type { Candidate, Proposal, SearchContext } from "./strategy.js";

/** A choice among several mutations for each child: the one with the highest bound is proposed. */
export interface Screening<A> {
  /** The number of mutations to choose from. */
  draws: number;
  /** A figure that is higher for more promising architectures. */
  bound: (architecture: A) => number;
}

/** The keys that are not to be proposed again. */
export type Keys = Pick<ReadonlySet<string>, "has">;

/** Known keys and those that are taken beside them. A known set is not copied: it may have many thousands. */
class Taken implements Keys {
  private readonly known: Keys;
  private readonly added = new Set<string>();

  constructor(known: Iterable<string>) {
    this.known = known instanceof Set ? known : new Set(known);
  }

  has(key: string): boolean {
    return this.known.has(key) || this.added.has(key);
  }

  add(key: string): void {
    this.added.add(key);
  }
}

/** The chooser of each mutation of a parent, by its number from 0. */
export type ChooserOf = (mutation: number) => Chooser;

/** Attempts at a new architecture, after which mutation is replaced by sampling, and sampling ends. */
const attempts = 32;

/**
 * Samples up to `count` architectures, none with a key in `known` or with another's key; fewer where
 * 32 samples in a row are known.
 */
export function sampleNew<A>(
  count: number,
  generation: number,
  known: Iterable<string>,
  context: SearchContext<A>,
): Proposal<A>[] {
  const taken = new Taken(known);
  return Array.from({ length: count }, (_, index) =>
    sampled(context, taken, stream(context.seed, `sample for generation ${generation}`, index)),
  ).flat();
}

/**
 * Makes one child of each parent by mutation, none with a key in `known` or with another's key.
 * Where no new neighbour of a parent is found, a sampled architecture takes the child's place.
 *
 * @param parents may hold a candidate several times
 * @param choose samples the operations that mutations put in, such as `chooseUniformly`
 * @param screening without it, the first new mutation of each parent is its child
 */
export function mutateNew<A>(
  parents: readonly Candidate<A>[],
  generation: number,
  known: Iterable<string>,
  choose: Chooser,
  context: SearchContext<A>,
  screening?: Screening<A>,
): Proposal<A>[] {
  const taken = new Taken(known);
  return parents.flatMap((parent, index) => {
    const random = stream(context.seed, `mutation for generation ${generation}`, index);
    const draws = screening?.draws ?? 1;
    const mutated = newMutations(parent, draws, taken, () => choose, context, random);
    const child = screening ? withHighestBound(mutated, screening) : mutated[0];
    if (!child) return sampled(context, taken, random);
    taken.add(child.key);
    return [child];
  });
}

/**
 * Makes up to `count` distinct mutations of a parent, none with a key in `taken`; fewer, or none,
 * after too many attempts, or where the space returns the parent itself: then it has no neighbour.
 *
 * @param chooserOf the chooser of each mutation, by its number from 0
 */
export function newMutations<A>(
  parent: Candidate<A>,
  count: number,
  taken: Keys,
  chooserOf: ChooserOf,
  { space, pending }: SearchContext<A>,
  random: Random,
): Proposal<A>[] {
  let made = 0;
  const mutate = () => {
    const choose = chooserOf(made++);
    const { architecture, description } = space.mutate(parent.architecture, choose, random);
    const key = space.key(architecture);
    if (key === parent.key) return undefined;
    return { architecture, key, parentKey: parent.key, mutation: description };
  };
  return proposeNew(taken, pending, mutate, count);
}

function sampled<A>(
  { space, pending }: SearchContext<A>,
  taken: Taken,
  random: Random,
): Proposal<A>[] {
  const sample = () => {
    const architecture = space.sample(random);
    return { architecture, key: space.key(architecture), parentKey: null, mutation: null };
  };
  const proposals = proposeNew(taken, pending, sample, 1);
  for (const { key } of proposals) taken.add(key);
  return proposals;
}

/**
 * Makes up to `count` distinct proposals with new keys; fewer, or none, after too many attempts, or
 * when there is nothing to propose.
 */
function proposeNew<A>(
  taken: Keys,
  pending: SearchContext<A>["pending"] = [],
  propose: () => Proposal<A> | undefined,
  count: number,
): Proposal<A>[] {
  const isPending = (key: string) => pending.some((other) => other.key === key);
  const found = new Map<string, Proposal<A>>();
  for (let attempt = 1; attempt < attempts + count && found.size < count; attempt++) {
    const proposal = propose();
    if (!proposal) break;
    if (!taken.has(proposal.key) && !isPending(proposal.key)) found.set(proposal.key, proposal);
  }
  return [...found.values()];
}

function withHighestBound<A>(
  proposals: readonly Proposal<A>[],
  { bound }: Screening<A>,
): Proposal<A> | undefined {
  const ranked = proposals.map((proposal) => ({ proposal, by: bound(proposal.architecture) }));
  return ranked.sort((a, b) => b.by - a.by)[0]?.proposal;
}
