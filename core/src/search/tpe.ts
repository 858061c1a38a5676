import { stream } from "../random.js";
import { initialPopulation, topK } from "./evolution.js";
import { mutateNew } from "./propose.js";
import { slotName } from "./featureCode.js";
import {
  optionsOf,
  type Chooser,
  type Feature,
  type SearchSpace,
  type SlotOptions,
} from "./searchSpace.js";
import { childCount, orderedHistory, type Candidate, type Strategy } from "./strategy.js";

/** The share of candidates that count as good, and how many they are at most (as in Optuna). */
const goodShare = 0.1;
const mostGood = 25;

/** Mutations that each child is chosen from, as many as Optuna samples. */
const draws = 24;

/**
 * A tree-structured Parzen estimator (Bergstra et al. 2011) on a space that can only be mutated: a
 * child is a mutation of a random good candidate whose operations are sampled as they occur among the
 * good ones, l; of several, the one with the highest l / g, where g is how the others have them.
 */
export const tpe: Strategy = {
  initial: initialPopulation,

  next(history, generation, context) {
    const { space, settings, seed } = context;
    const evaluated = orderedHistory(history);
    if (generation > settings.generations) return { children: [], priorities: [] };
    const good = topK(evaluated, Math.min(mostGood, Math.ceil(goodShare * evaluated.length)));
    const isGood = new Set(good.map(({ key }) => key));
    const others = evaluated.filter(({ key }) => !isGood.has(key));
    const [l, g] = [logDensity(good, space), logDensity(others, space)];
    const choose: Chooser = (slot, options, random) => {
      const weights = options.map((operation) => Math.exp(l({ ...slot, operation })));
      return options[random.weighted(weights)] ?? random.pick(options);
    };
    const bound = (architecture: (typeof good)[number]["architecture"]) =>
      space.features(architecture).reduce((sum, feature) => sum + l(feature) - g(feature), 0);
    const parents = Array.from({ length: childCount(context) }, (_, at) =>
      stream(seed, `parent for generation ${generation}`, at).pick(good),
    );
    const known = evaluated.map(({ key }) => key);
    const screening = { draws, bound };
    const children = mutateNew(parents, generation, known, choose, context, screening);
    return { children, priorities: [] };
  },
};

/**
 * Returns the logarithm of how likely each operation is in its slot, among some candidates. Every
 * operation that is possible there counts as seen once more, all together as one candidate's. In an
 * ordered slot, what was seen of an operation also counts, in part, for those close to it.
 */
function logDensity<A>(
  candidates: readonly Candidate<A>[],
  space: SearchSpace<A>,
): (feature: Feature) => number {
  const counts = new Map<string, Map<string, number>>();
  for (const { architecture } of candidates) {
    for (const feature of space.features(architecture)) {
      const slot = slotName(feature);
      const seen = counts.get(slot) ?? new Map<string, number>();
      counts.set(slot, seen.set(feature.operation, (seen.get(feature.operation) ?? 0) + 1));
    }
  }
  const densities = new Map<string, (operation: string) => number>();
  return ({ kind, position, operation }) => {
    const slot = slotName({ kind, position });
    const seen = counts.get(slot) ?? new Map<string, number>();
    const own = optionsOf(space.operations, { kind, position });
    const density = densities.get(slot) ?? densityOf(seen, own);
    densities.set(slot, density);
    return Math.log(density(operation));
  };
}

/** Returns how likely each operation of one slot is, by how often each was seen. */
function densityOf(
  seen: ReadonlyMap<string, number>,
  { options, places }: SlotOptions,
): (operation: string) => number {
  const prior = 1 / Math.max(1, options.length);
  const all = [...seen.values()].reduce((sum, count) => sum + count, 0);
  const counts = places ? spread(seen, options, places, widthOf(all)) : seen;
  return (operation) => ((counts.get(operation) ?? 0) + prior) / (all + 1);
}

/** Returns the width of the kernel over so many observations of a line of length 1 (decision 0022). */
function widthOf(observations: number): number {
  return 0.15 * Math.max(1, observations) ** -0.2;
}

/** Spreads how often operations were seen over their neighbours, by a normal kernel; the sum stays. */
function spread(
  seen: ReadonlyMap<string, number>,
  options: readonly string[],
  places: readonly number[],
  width: number,
): ReadonlyMap<string, number> {
  const counts = new Map(options.map((option) => [option, 0]));
  for (const [at, from] of places.entries()) {
    const count = seen.get(options[at] ?? "") ?? 0;
    if (count === 0) continue;
    const shares = places.map((place) => Math.exp(-(((place - from) / width) ** 2) / 2));
    const total = shares.reduce((sum, share) => sum + share, 0);
    for (const [to, option] of options.entries()) {
      const share = (shares[to] ?? 0) / total;
      counts.set(option, (counts.get(option) ?? 0) + count * share);
    }
  }
  return counts;
}
