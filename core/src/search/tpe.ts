import { stream } from "../random.js";
import { initialPopulation, topK } from "./evolution.js";
import { mutateNew } from "./propose.js";
import type { Chooser, Feature, SearchSpace } from "./searchSpace.js";
import { orderedHistory, type Candidate, type Strategy } from "./strategy.js";

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
    const parents = Array.from({ length: settings.parents * settings.childrenPerParent }, (_, at) =>
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
 * operation counts as seen once more, all together as one candidate's.
 */
function logDensity<A>(
  candidates: readonly Candidate<A>[],
  space: SearchSpace<A>,
): (feature: Feature) => number {
  const counts = new Map<string, number>();
  const add = (name: string) => counts.set(name, (counts.get(name) ?? 0) + 1);
  for (const { architecture } of candidates) {
    for (const { kind, position, operation } of space.features(architecture)) {
      add(`${kind} ${position}`);
      add(`${kind} ${position} ${operation}`);
    }
  }
  return ({ kind, position, operation }) => {
    const prior = 1 / Math.max(1, space.operations[kind].length);
    const all = counts.get(`${kind} ${position}`) ?? 0;
    const own = counts.get(`${kind} ${position} ${operation}`) ?? 0;
    return Math.log((own + prior) / (all + 1));
  };
}
