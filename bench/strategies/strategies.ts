/** The four strategies on the record of truth; run by `npm run bench:strategies`. */
import type { SearchSettings, StrategyName } from "@opnas/core";
import { flag, jsonObject, runBench, text, whole } from "../common/command.ts";
import { medianWithInterval, shown, type Interval } from "../common/interval.ts";
import { item, numbersFrom } from "../common/items.ts";
import { note } from "../common/progress.ts";
import { changed, settingsOf } from "../common/settings.ts";
import { bestSoFar, evaluationsTo, replay } from "./replay.ts";
import { readTable, type ScoreTable } from "./table.ts";

const about = `The four strategies on the record of truth: the score that training would give is looked up, so a
search takes milliseconds and can be repeated often enough to tell strategies apart.

Every strategy is run with every seed, under the same settings, until it has evaluated 400
architectures; an architecture's score is the mean of its recorded seeds. With --noisy strategies see
the score under the record's seed 1, and what they have found is judged by the one under seed 2, as a
search's best is by its training alone. Figures are medians over the seeds, with 95 % intervals by order
statistics. --override changes settings of the preset: '{"population":20}'.`;

/**
 * Evaluations after which random search's final best is taken, and the most that a slower one may
 * need for it.
 */
const budget = 200;
const horizon = 400;
const checkpoints = [25, 50, 75, 100, 150, 200];

/** A strategy under settings: for each seed, the best score after each evaluation. */
interface Curves {
  name: string;
  curves: number[][];
}

interface StrategyResult {
  evaluationsToRandomsBest: Interval;
  evaluationsToTop5Percent: Interval;
  evaluationsToTop1Percent: Interval;
  bestAt: Record<number, Interval>;
  curve: Interval[];
}

await runBench(
  {
    name: "bench:strategies",
    about,
    options: {
      record: text.default("bench/record/record.json.gz"),
      seeds: whole(1).default(400),
      "first-seed": whole(0).default(1),
      noisy: flag,
      preset: text.default("tiny"),
      override: jsonObject.default({}),
    },
    quick: { seeds: "3" },
  },
  async (options) => {
    const table = await readTable(options.record);
    const settings = settingsOf(options.preset, { generations: horizon, ...options.override });
    const first = options["first-seed"];
    const seeds = numbersFrom(first, options.seeds);
    const scores = {
      seen: options.noisy ? table.scoreUnder(1) : table.scoreOf,
      judged: options.noisy ? table.scoreUnder(2) : table.scoreOf,
    };
    const all = variantsOf(settings).map(({ name, strategy, settings }): Curves => {
      note(`${name}: ${seeds.length} searches`);
      const space = table.spaceOf(settings);
      const curveOf = (seed: number) => {
        const history = replay(strategy, { space, settings, seed }, scores.seen, horizon);
        return bestSoFar(history, scores.judged);
      };
      return { name, curves: seeds.map(curveOf) };
    });
    const targets = targetsOf(table, all);
    const strategies = Object.fromEntries(
      all.map(({ name, curves }) => [name, resultOf(curves, targets)]),
    );
    console.log(`${table.count} architectures, ${seeds.length} seeds from ${first}`);
    console.log(`random search's best of ${budget}: ${targets.randomsBest.toFixed(2)} (median)`);
    print(strategies);
    const { population, parents, childrenPerParent, ucb, screening, reinforcement, mutation } =
      settings;
    const used = {
      population,
      parents,
      childrenPerParent,
      ucb,
      screening,
      reinforcement,
      mutation,
    };
    return { seeds: seeds.length, settings: used, budget, targets, strategies };
  },
);

function variantsOf(
  settings: SearchSettings,
): { name: string; strategy: StrategyName; settings: SearchSettings }[] {
  const asInThePaper = changed(settings, { screening: { draws: 1 } });
  // Real et al. 2019: each child's parent is the best of a few drawn, and the oldest dies for it.
  const regularised = changed(settings, {
    survivors: "youngest",
    tournament: settings.parents,
    parents: 1,
    childrenPerParent: 1,
  });
  return [
    { name: "opnas", strategy: "opnas", settings },
    { name: "opnas as in the paper", strategy: "opnas", settings: asInThePaper },
    { name: "evolution", strategy: "evolution", settings },
    { name: "regularised evolution", strategy: "evolution", settings: regularised },
    { name: "random", strategy: "random", settings },
    { name: "reinforcement", strategy: "reinforcement", settings },
  ];
}

/** Returns the scores that searches are to reach. */
function targetsOf({ best }: ScoreTable, all: readonly Curves[]) {
  const randoms = all.filter(({ name }) => name === "random").flatMap(({ curves }) => curves);
  return {
    randomsBest: medianWithInterval(randoms.map((curve) => item(curve, budget - 1))).median,
    top5Percent: item(best, Math.ceil(0.05 * best.length) - 1),
    top1Percent: item(best, Math.ceil(0.01 * best.length) - 1),
  };
}

function resultOf(
  curves: readonly number[][],
  targets: ReturnType<typeof targetsOf>,
): StrategyResult {
  const to = (target: number) =>
    medianWithInterval(curves.map((curve) => evaluationsTo(target, curve)));
  const at = (count: number) => medianWithInterval(curves.map((curve) => item(curve, count - 1)));
  return {
    evaluationsToRandomsBest: to(targets.randomsBest),
    evaluationsToTop5Percent: to(targets.top5Percent),
    evaluationsToTop1Percent: to(targets.top1Percent),
    bestAt: Object.fromEntries(checkpoints.map((count) => [count, at(count)])),
    curve: numbersFrom(1, budget).map(at),
  };
}

function print(strategies: Record<string, StrategyResult>): void {
  for (const [name, result] of Object.entries(strategies)) {
    const bests = Object.entries(result.bestAt).map(
      ([count, best]) => `${count}: ${shown(best, horizon, 2)}`,
    );
    console.log(`\n${name}`);
    console.log(
      `  evaluations to random's best: ${shown(result.evaluationsToRandomsBest, horizon)}`,
    );
    console.log(`  to the top 5 %: ${shown(result.evaluationsToTop5Percent, horizon)}`);
    console.log(`  to the top 1 %: ${shown(result.evaluationsToTop1Percent, horizon)}`);
    console.log(`  best score at ${bests.join(", ")}`);
  }
}
