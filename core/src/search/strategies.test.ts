import { mean } from "simple-statistics";
import { describe, expect, test } from "vitest";
import { architectureKey } from "../architecture/key.js";
import type { Architecture } from "../architecture/schema.js";
import { presetNamed } from "../presets.js";
import { stream } from "../random.js";
import { strategyNames, type ScoreUnit, type StrategyName } from "../settings/names.js";
import { candidateCount, type SearchSettings } from "../settings/search.js";
import { topK } from "./evolution.js";
import { strategies, searchContext } from "./strategies.js";
import type { SearchSpace } from "./searchSpace.js";
import type { Candidate, Generation, SearchContext } from "./strategy.js";

const preset = presetNamed("tiny-linear");
/** Generations of 16, of which each test needs a few. */
const settings: SearchSettings = {
  ...preset.settings,
  population: 16,
  childrenPerParent: 4,
  generations: 6,
};
const linear = { surrogate: "linear", draws: 16, alpha: 2, spread: 1 } as const;

/**
 * An artificial score over the real space, from 0 to 100: what good layers hold, operation by
 * operation and place by place, as OP-NAS assumes that scores do.
 */
function artificialScore({ layers }: Architecture): number {
  const layerScores = layers.map((layer, index) => {
    if (layer.kind === "conv") return layer.kernelSize === [7, 3, 15][index % 3] ? 60 : 30;
    const wanted = ["transpose", "matmul", "scale", "softmax", "matmul", "softsign"];
    const hits = wanted.filter((operation, place) => layer.graph.nodes[place]?.op === operation);
    return (100 * hits.length) / wanted.length;
  });
  return layerScores.reduce((sum, score) => sum + score, 0) / layers.length;
}

function run<A>(
  name: StrategyName,
  context: SearchContext<A>,
  score: (architecture: A) => number,
): { history: Candidate<A>[]; generations: Generation<A>[] } {
  const strategy = strategies[name];
  const generations = [strategy.initial(context)];
  const history: Candidate<A>[] = [];
  const evaluate = ({ children }: Generation<A>, generation: number) => {
    for (const [index, { architecture, key }] of children.entries()) {
      history.push({ architecture, key, score: score(architecture), generation, index });
    }
  };
  for (let index = 0; index <= context.settings.generations; index++) {
    const generation = index === 0 ? generations[0] : strategy.next(history, index, context);
    if (!generation) break;
    if (index > 0) generations.push(generation);
    evaluate(generation, index);
  }
  return { history, generations };
}

const bestScore = (name: StrategyName, seed: number) =>
  Math.max(
    ...run(name, searchContext(settings, seed), artificialScore).history.map(({ score }) => score),
  );

describe.each(strategyNames)("the strategy %s", (name) => {
  const context = searchContext(settings, 7);
  const { history, generations } = run(name, context, artificialScore);

  test("proposes exactly its budget and then nothing", () => {
    expect(history).toHaveLength(candidateCount(settings));
    expect(generations.slice(1).map(({ children }) => children.length)).toEqual(Array(6).fill(16));
    expect(strategies[name].next(history, 7, context).children).toEqual([]);
  });

  test("never proposes an architecture that was evaluated or proposed before", () => {
    const keys = history.map(({ key }) => key);
    expect(new Set(keys).size).toBe(keys.length);
    for (const { architecture, key } of history) expect(architectureKey(architecture)).toBe(key);
  });

  test(
    "gives the same run for the same seed and another for another seed",
    { timeout: 60_000 },
    () => {
      const again = run(name, searchContext(settings, 7), artificialScore);
      expect(again.generations).toEqual(generations);
      expect(run(name, searchContext(settings, 8), artificialScore).history[0]?.key).not.toBe(
        history[0]?.key,
      );
    },
  );

  test("does not depend on the order in which evaluations arrived", { timeout: 60_000 }, () => {
    const upTo = (generation: number) =>
      history.filter((candidate) => candidate.generation < generation);
    for (const generation of [1, 3, 6]) {
      const arrived = stream(1, "arrival", generation).shuffle(upTo(generation));
      expect(strategies[name].next(arrived, generation, context)).toEqual(generations[generation]);
    }
  });

  test.each([Number.NaN, Number.POSITIVE_INFINITY])("refuses a score of %d", (score) => {
    const [first, ...rest] = history;
    if (!first) throw new Error("The history is empty.");
    expect(() => strategies[name].next([{ ...first, score }, ...rest], 1, context)).toThrow(
      /finite/,
    );
  });

  test("refuses an empty history", () => {
    expect(() => strategies[name].next([], 1, context)).toThrow(/evaluated candidates/);
  });

  test("continues when all scores are zero", () => {
    const unstable = history.slice(0, 16).map((candidate) => ({ ...candidate, score: 0 }));
    expect(strategies[name].next(unstable, 1, context).children).toHaveLength(16);
  });

  test("proposes every architecture of a small space and then ends", () => {
    const table = run(name, { space: tableSpace(20), settings, seed: 1 }, (entry) => entry);
    expect(table.history.length).toBeLessThanOrEqual(20);
    expect(table.history.length).toBeGreaterThan(15);
    expect(table.generations.at(-1)?.children.length).toBeLessThan(16);
  });
});

describe("evolution", () => {
  const context = searchContext(settings, 3);

  test.each([
    ["opnas", linear],
    ["opnas-paper", settings.screening],
    ["evolution", settings.screening],
  ] as const)("%s takes the best of all seen as parents", (name, screening) => {
    const each = { ...context, settings: { ...settings, screening } };
    const { history, generations } = run(name, each, artificialScore);
    const seen = history.filter(({ generation }) => generation < 4);
    const top = [...seen].sort((a, b) => b.score - a.score).slice(0, settings.parents);
    const parents = new Set(generations[4]?.children.map(({ parentKey }) => parentKey));
    expect(parents).toEqual(new Set(top.map(({ key }) => key)));
    for (const { mutation } of generations[4]?.children ?? [])
      expect(mutation).toMatch(/^layer \d: /);
  });

  test("takes the best of the youngest as parents, if they are the population", () => {
    const young = { ...settings, survivors: "youngest" } as const;
    const { history, generations } = run(
      "evolution",
      { ...context, settings: young },
      ({ layers }) => -artificialScore({ version: 1, layers }),
    );
    const parents = new Set(generations[4]?.children.map(({ parentKey }) => parentKey));
    const ages = history.filter(({ key }) => parents.has(key)).map(({ generation }) => generation);
    expect(new Set(ages)).toEqual(new Set([3]));
  });

  test("takes the winner of a tournament as each child's parent, with tournaments", () => {
    const { history } = run("evolution", context, artificialScore);
    const seen = history.filter(({ generation }) => generation < 4);
    const scores = new Map(seen.map(({ key, score }) => [key, score]));
    /** The score of each child's parent. */
    const parentsWith = (tournament: number) => {
      const changed = { ...context, settings: { ...settings, tournament, population: 1_000 } };
      const { children } = strategies.evolution.next(seen, 4, changed);
      return children.map(({ parentKey }) => scores.get(parentKey ?? "") ?? NaN);
    };
    const best = Math.max(...scores.values());
    expect(parentsWith(1_000)).toEqual(Array(16).fill(best));
    const drawn = parentsWith(4);
    expect(new Set(drawn).size).toBeGreaterThan(4);
    expect(mean(drawn)).toBeGreaterThan(mean(parentsWith(1)));
    expect(mean(drawn)).toBeLessThan(best);
  });

  test("holds tournaments among the best of all, as many as the population has", () => {
    const { history } = run("evolution", context, artificialScore);
    const seen = history.filter(({ generation }) => generation < 4);
    const members = topK(seen, 6).map(({ key }) => key);
    const small = { ...settings, survivors: "best", tournament: 2, population: 6 } as const;
    const { children } = strategies.evolution.next(seen, 4, { ...context, settings: small });
    const parents = children.map(({ parentKey }) => parentKey ?? "");
    expect(parents.filter((key) => !members.includes(key))).toEqual([]);
    expect(new Set(parents).size).toBeGreaterThan(2);
  });

  test("only OP-NAS reports operation priorities", { timeout: 60_000 }, () => {
    const last = (name: StrategyName) => run(name, context, artificialScore).generations.at(-1);
    expect(last("opnas")?.priorities.length).toBeGreaterThan(10);
    expect(last("evolution")?.priorities).toEqual([]);
    expect(last("random")?.priorities).toEqual([]);
  });
});

test.each(["opnas", "reinforcement"] as const)(
  "%s beats random search on an artificial score, over six seeds",
  { timeout: 120_000 },
  (name) => {
    const over = (strategy: StrategyName) =>
      mean([0, 1, 2, 3, 4, 5].map((seed) => bestScore(strategy, seed)));
    expect(over(name)).toBeGreaterThan(over("random") + 3);
  },
);

describe("scores of another scale", () => {
  const children = (name: StrategyName, scoreUnit: ScoreUnit, scale: number) => {
    const { generations } = run(
      name,
      searchContext({ ...settings, scoreUnit }, 5),
      (architecture) => scale * artificialScore(architecture),
    );
    return generations.map((generation) => generation.children.map(({ key }) => key));
  };

  test.each(["opnas", "reinforcement"] as const)(
    "%s searches alike in deviations, not in points",
    { timeout: 60_000 },
    (name) => {
      const [one, other] = (["deviations", "points"] as const).map((unit) =>
        [1, 1 / 128].map((scale) => children(name, unit, scale)),
      );
      expect(one?.[1]).toEqual(one?.[0]);
      expect(other?.[1]).not.toEqual(other?.[0]);
    },
  );
});

describe("OP-NAS with screening of mutations", () => {
  const screening = { surrogate: "linear", draws: 8, alpha: 0.3, spread: 1 } as const;
  const screened = { ...settings, generations: 3, screening };

  test(
    "spends its budget on new architectures and gives the same run for the same seed",
    { timeout: 60_000 },
    () => {
      const { history, generations } = run("opnas", searchContext(screened, 7), artificialScore);
      expect(history).toHaveLength(candidateCount(screened));
      expect(new Set(history.map(({ key }) => key)).size).toBe(history.length);
      expect(generations.at(-1)?.priorities.length).toBeGreaterThan(10);
      const again = run("opnas", searchContext(screened, 7), artificialScore);
      expect(again.generations).toEqual(generations);
    },
  );

  test("starts with the initial population of the paper's algorithm and then proposes others", () => {
    const one = run("opnas", searchContext(screened, 7), artificialScore).generations;
    const other = run("opnas", searchContext(settings, 7), artificialScore).generations;
    expect(one[0]).toEqual(other[0]);
    expect(one[1]?.priorities).toEqual(other[1]?.priorities);
    expect(one[1]?.children).not.toEqual(other[1]?.children);
  });

  test("ends on a space that is exhausted", () => {
    const context = { space: tableSpace(20), settings: { ...settings, screening }, seed: 1 };
    const { history } = run("opnas", context, (entry) => entry);
    expect(history.length).toBeLessThanOrEqual(20);
    expect(history.length).toBeGreaterThan(15);
  });
});

test("reinforcement learning prefers operations that were rewarded", () => {
  const wanted = "b";
  const share = (generation: Generation<string> | undefined) =>
    (generation?.children.filter(({ mutation }) => mutation?.startsWith(wanted)).length ?? 0) / 16;
  const many = { ...settings, generations: 20 };
  const context = { space: wordSpace(), settings: many, seed: 1 };
  // Only what the mutation put in is rewarded, so selection alone learns nothing.
  const { generations } = run("reinforcement", context, (word) =>
    word.at(-1) === wanted ? 60 : 40,
  );
  expect(share(generations[1])).toBeLessThan(0.5);
  expect(share(generations.at(-1))).toBeGreaterThan(0.8);
});

/** A recorded table of scores as a search space: entry i scores i, neighbours are next to it. */
function tableSpace(entries: number): SearchSpace<number> {
  return {
    operations: { operation: [], kernel: [] },
    sample: (random) => random.int(entries),
    key: String,
    features: () => [],
    mutate: (parent, _choose, random) => {
      const architecture = (parent + 1 + random.int(entries - 1)) % entries;
      return { architecture, description: `entry ${architecture}` };
    },
  };
}

/** Words that a mutation makes longer by one of four letters: every child is new. */
function wordSpace(): SearchSpace<string> {
  const letters = ["a", "b", "c", "d"];
  return {
    operations: { operation: letters, kernel: [] },
    sample: (random) => Array.from({ length: 12 }, () => random.pick(letters)).join(""),
    key: String,
    features: () => [],
    mutate: (parent, choose, random) => {
      const letter = choose({ kind: "operation", position: 0 }, letters, random);
      const stem = Array.from({ length: 12 }, () => random.pick(letters)).join("");
      return { architecture: `${stem}${letter}`, description: `${letter} after ${parent}` };
    },
  };
}
