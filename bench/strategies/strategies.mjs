/**
 * The four strategies on the record of truth: what training would have said is looked up, so a search
 * takes milliseconds and can be repeated often enough to tell strategies apart.
 *
 *   npm run bench:strategies -- [--json FILE] [--record FILE.json.gz] [--seeds 400] [--first-seed 1]
 *     [--noisy] [--preset tiny] [--override '{"population":20}']
 *
 * Every strategy is run with every seed, under the same settings, until it has evaluated `horizon`
 * architectures; an architecture's score is the mean of its recorded seeds. With `--noisy` strategies
 * see the score under the record's seed 1, and what they have found is judged by the one under seed 2,
 * as a search's best is by its training alone. Figures are medians over the seeds, with 95 % intervals
 * by order statistics.
 */
import { writeFile } from "node:fs/promises";
import { parseArgs } from "node:util";
import { note } from "../pool/progress.mjs";
import { settingsOf } from "../pool/settings.mjs";
import { medianWithInterval, shown } from "./interval.mjs";
import { bestSoFar, evaluationsTo, replay } from "./replay.mjs";
import { readTable } from "./table.mjs";

const { values: options } = parseArgs({
  options: {
    json: { type: "string" },
    record: { type: "string", default: "bench/record/record.json.gz" },
    seeds: { type: "string", default: "400" },
    "first-seed": { type: "string", default: "1" },
    noisy: { type: "boolean", default: false },
    preset: { type: "string", default: "tiny" },
    override: { type: "string", default: "{}" },
  },
});

/** Where random search's final best is taken, and how long the slower ones may look for it. */
const budget = 200;
const horizon = 400;
const checkpoints = [25, 50, 75, 100, 150, 200];

const table = await readTable(options.record);
const seen = options.noisy ? table.scoreUnder(1) : table.scoreOf;
const judged = options.noisy ? table.scoreUnder(2) : table.scoreOf;

const override = { generations: horizon, ...JSON.parse(options.override) };
const settings = settingsOf(options.preset, override);
const space = table.spaceOf(settings);
const first = Number(options["first-seed"]);
const seeds = Array.from({ length: Number(options.seeds) }, (_, index) => first + index);

const asInThePaper = { ...settings, screening: { ...settings.screening, draws: 1 } };
/** Real et al. 2019: each child's parent is the best of a few drawn, and the oldest dies for it. */
const regularised = {
  ...settings,
  survivors: "youngest",
  tournament: settings.parents,
  parents: 1,
  childrenPerParent: 1,
};
const variants = {
  opnas: { strategy: "opnas", settings },
  "opnas as in the paper": { strategy: "opnas", settings: asInThePaper },
  evolution: { strategy: "evolution", settings },
  "regularised evolution": { strategy: "evolution", settings: regularised },
  random: { strategy: "random", settings },
  reinforcement: { strategy: "reinforcement", settings },
};

/** By variant: for each seed, the best score after each evaluation. */
const curves = Object.fromEntries(
  Object.entries(variants).map(([name, { strategy, settings }]) => {
    note(`${name}: ${seeds.length} searches`);
    const curveOf = (seed) => {
      return bestSoFar(replay(strategy, { space, settings, seed }, seen, horizon), judged);
    };
    return [name, seeds.map(curveOf)];
  }),
);

const { best } = table;
const targets = {
  randomsBest: medianWithInterval(curves.random.map((curve) => curve[budget - 1])).median,
  top5Percent: best[Math.ceil(0.05 * best.length) - 1],
  top1Percent: best[Math.ceil(0.01 * best.length) - 1],
};

const strategies = Object.fromEntries(
  Object.entries(curves).map(([name, ofSeeds]) => {
    const to = (target) => {
      return medianWithInterval(ofSeeds.map((curve) => evaluationsTo(target, curve)));
    };
    const at = (count) => medianWithInterval(ofSeeds.map((curve) => curve[count - 1]));
    const result = {
      evaluationsToRandomsBest: to(targets.randomsBest),
      evaluationsToTop5Percent: to(targets.top5Percent),
      evaluationsToTop1Percent: to(targets.top1Percent),
      bestAt: Object.fromEntries(checkpoints.map((count) => [count, at(count)])),
      curve: Array.from({ length: budget }, (_, index) => at(index + 1)),
    };
    return [name, result];
  }),
);

print();
if (options.json) {
  const { population, parents, childrenPerParent, ucb, screening, reinforcement, mutation } =
    settings;
  const used = { population, parents, childrenPerParent, ucb, screening, reinforcement, mutation };
  const report = { seeds: seeds.length, settings: used, budget, targets, strategies };
  await writeFile(options.json, `${JSON.stringify(report, undefined, 2)}\n`);
}

function print() {
  const show = (figure, digits) => shown(figure, horizon, digits);
  console.log(`${table.count} architectures, ${seeds.length} seeds from ${first}`);
  console.log(`random search's best of ${budget}: ${targets.randomsBest.toFixed(2)} (median)`);
  for (const [name, result] of Object.entries(strategies)) {
    console.log(`\n${name}`);
    console.log(`  evaluations to random's best: ${show(result.evaluationsToRandomsBest)}`);
    console.log(`  to the top 5 %: ${show(result.evaluationsToTop5Percent)}`);
    console.log(`  to the top 1 %: ${show(result.evaluationsToTop1Percent)}`);
    const bests = checkpoints.map((count) => `${count}: ${show(result.bestAt[count], 2)}`);
    console.log(`  best score at ${bests.join(", ")}`);
  }
}
