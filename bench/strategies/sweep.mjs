/**
 * What the strategies' settings are worth: evaluations to random search's best of 200 on the record
 * of truth, one setting changed at a time, as a Markdown table (decision 0015).
 *
 *   npm run bench:sweep -- [--seeds 200] [--first-seed 10001] [--only ucb]
 */
import { parseArgs } from "node:util";
import { note } from "../pool/progress.mjs";
import { merge, settingsOf } from "../pool/settings.mjs";
import { medianWithInterval, shown } from "./interval.mjs";
import { bestSoFar, evaluationsTo, replay } from "./replay.mjs";
import { readTable } from "./table.mjs";

const { values: options } = parseArgs({
  options: {
    record: { type: "string", default: "bench/record/record.json.gz" },
    seeds: { type: "string", default: "200" },
    "first-seed": { type: "string", default: "10001" },
    only: { type: "string", default: "" },
  },
});

const budget = 200;
const tiny = settingsOf("tiny", { generations: 2 * budget });
const paper = { screening: { draws: 1 } };
const inPoints = { scoreUnit: "points" };
/** Each child is scored before the next is made. */
const oneByOne = { parents: 1, childrenPerParent: 1, tournament: 8 };

const each = (values, changeOf) => values.map(changeOf);
/** By strategy: changes to the preset's settings. */
const sweeps = [
  ["random", [{}]],
  [
    "opnas",
    [
      {},
      paper,
      ...[0.5, 1, 2, 4].flatMap((alpha) =>
        [0.25, 0.5, 1, 2].map((temperature) => ({ ...paper, ucb: { alpha, temperature } })),
      ),
      ...each([1, 2, 4], (points) => {
        return { ...paper, ...inPoints, ucb: { alpha: points, temperature: points } };
      }),
      ...each([0.25, 1, 2], (size) => ({ ucb: { alpha: 2 * size, temperature: size } })),
      ...each([2, 4, 8, 32, 64], (draws) => ({ screening: { draws } })),
      ...each([0, 0.3, 1, 3, 6, 10], (alpha) => ({ screening: { alpha } })),
      ...each([0, 0.1, 0.4], (layerKind) => ({ mutation: { layerKind } })),
      { parents: 2, childrenPerParent: 8 },
      { parents: 8, childrenPerParent: 2 },
      { tournament: 4 },
      oneByOne,
      { ...oneByOne, ...paper },
    ],
  ],
  [
    "evolution",
    [
      {},
      ...each([0, 0.1, 0.4], (layerKind) => ({ mutation: { layerKind } })),
      { parents: 2, childrenPerParent: 8 },
      { parents: 8, childrenPerParent: 2 },
      { survivors: "youngest" },
      ...each([2, 4, 8], (tournament) => ({ tournament })),
      oneByOne,
      ...each([2, 4, 8, 16], (tournament) => ({ ...oneByOne, survivors: "youngest", tournament })),
    ],
  ],
  [
    "reinforcement",
    [
      {},
      ...each([0.01, 0.05, 0.2], (learningRate) => {
        return { ...inPoints, reinforcement: { learningRate } };
      }),
      ...each([0.1, 0.3, 3, 10], (learningRate) => ({ reinforcement: { learningRate } })),
      ...each([0.5, 0.99], (baselineDecay) => ({ reinforcement: { baselineDecay } })),
    ],
  ],
];

const table = await readTable(options.record);
const first = Number(options["first-seed"]);
const seeds = Array.from({ length: Number(options.seeds) }, (_, index) => first + index);
const curvesOf = (strategy, change) => {
  const settings = merge(tiny, change);
  const space = table.spaceOf(settings);
  return seeds.map((seed) =>
    bestSoFar(replay(strategy, { space, settings, seed }, table.scoreOf, budget)),
  );
};
const randoms = curvesOf("random", {});
const target = medianWithInterval(randoms.map((curve) => curve.at(-1))).median;

console.log(`${seeds.length} seeds from ${first}; target ${target.toFixed(2)}\n`);
console.log("| strategy | changed | evaluations |\n| --- | --- | --- |");
for (const [strategy, changes] of sweeps) {
  for (const change of changes) {
    const name = JSON.stringify(change);
    if (!`${strategy} ${name}`.includes(options.only)) continue;
    note(`${strategy} ${name}`);
    const needed = curvesOf(strategy, change).map((curve) => evaluationsTo(target, curve));
    console.log(`| ${strategy} | ${name} | ${shown(medianWithInterval(needed), budget)} |`);
  }
}
