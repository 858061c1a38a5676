/** The strategies' settings, one changed at a time; run by `npm run bench:sweep`. */
import type { StrategyName } from "@opnas/core";
import { runBench, text, whole } from "../common/command.ts";
import { medianWithInterval, shown } from "../common/interval.ts";
import { item, numbersFrom } from "../common/items.ts";
import { note } from "../common/progress.ts";
import { changed, settingsOf, type Override } from "../common/settings.ts";
import { bestSoFar, evaluationsTo, replay } from "./replay.ts";
import { readTable } from "./table.ts";

const about = `What the strategies' settings are worth: evaluations to random search's best of 200 on the record
of truth, one setting changed at a time, as a Markdown table (docs/decisions/0015). --only takes the
rows whose strategy and change contain a text.`;

const budget = 200;
const tiny = settingsOf("tiny", { generations: 2 * budget });
const paper = { screening: { draws: 1 } };
const inPoints = { scoreUnit: "points" };
/** Each child is scored before the next is made. */
const oneByOne = { parents: 1, childrenPerParent: 1, tournament: 8 };

const each = (values: readonly number[], changeOf: (value: number) => Override) =>
  values.map(changeOf);

/** Changes to the preset's settings, by strategy. */
const sweeps: readonly (readonly [StrategyName, readonly Override[]])[] = [
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

await runBench(
  {
    name: "bench:sweep",
    about,
    options: {
      record: text.default("bench/record/record.json.gz"),
      seeds: whole(1).default(200),
      "first-seed": whole(0).default(10_001),
      only: text.optional(),
    },
    quick: { seeds: "3", only: "opnas {}" },
  },
  async (options) => {
    const table = await readTable(options.record);
    const seeds = numbersFrom(options["first-seed"], options.seeds);
    const curvesOf = (strategy: StrategyName, change: Override) => {
      const settings = changed(tiny, change);
      const space = table.spaceOf(settings);
      return seeds.map((seed) =>
        bestSoFar(replay(strategy, { space, settings, seed }, table.scoreOf, budget)),
      );
    };
    const randoms = curvesOf("random", {});
    const target = medianWithInterval(randoms.map((curve) => item(curve, -1))).median;

    console.log(`${seeds.length} seeds from ${options["first-seed"]}; target ${target.toFixed(2)}`);
    console.log("\n| strategy | changed | evaluations |\n| --- | --- | --- |");
    const rows = sweeps
      .flatMap(([strategy, changes]) => changes.map((change) => ({ strategy, change })))
      .filter(({ strategy, change }) =>
        `${strategy} ${JSON.stringify(change)}`.includes(options.only ?? ""),
      )
      .map(({ strategy, change }) => {
        const name = JSON.stringify(change);
        note(`${strategy} ${name}`);
        const curves = curvesOf(strategy, change);
        const needed = medianWithInterval(curves.map((curve) => evaluationsTo(target, curve)));
        console.log(`| ${strategy} | ${name} | ${shown(needed, budget)} |`);
        return { strategy, change, needed };
      });
    return { seeds: seeds.length, budget, target, rows };
  },
);
