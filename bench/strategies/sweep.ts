/** The strategies' settings, one changed at a time; run by `npm run bench:sweep`. */
import type { SearchSettings, StrategyName } from "@opnas/core";
import { list, positive, runBench, text, whole } from "../common/command.ts";
import { item, numbersFrom } from "../common/items.ts";
import { changed, settingsOf, type Override } from "../common/settings.ts";
import { openTables, tableName } from "../tables/tables.ts";
import { measure, printOverall, type Evaluations } from "./measure.ts";
import { budget, cellsOf, columns, horizon, markdownHead, markdownRow } from "./report.ts";
import { localSearchUnder, scoresWithNoise, strategySearch, type Variant } from "./searches.ts";
import { tpe } from "./tpe.ts";

const about = `What the strategies' settings are worth: evaluations to random search's best of 200, shares that
hold the table's best and regrets, one setting changed at a time, as a Markdown table for each of
--tables (docs/decisions/0015). Ratios are to opnas without a change. --only takes the rows whose
strategy and change contain a text. With --preset tiny the changes are to the Gaussian process's
settings instead of the linear model's; it takes its time, so give --only, too. With --noise 1
searches see scores with normal noise of one standard deviation of the table's best quarter.`;

const paper = { screening: { draws: 1 } };
const inPoints = { scoreUnit: "points" };
/** Each child is scored before the next is made. */
const oneByOne = { parents: 1, childrenPerParent: 1, tournament: 8 };

const each = (values: readonly number[], changeOf: (value: number) => Override) =>
  values.map(changeOf);

/** Generations of 1 to 32 children. */
const generationSizes: readonly Override[] = [
  { parents: 1, childrenPerParent: 1 },
  { parents: 2, childrenPerParent: 1 },
  { parents: 1, childrenPerParent: 4 },
  { parents: 4, childrenPerParent: 1 },
  { parents: 4, childrenPerParent: 2 },
  { parents: 8, childrenPerParent: 4 },
];
const small = { parents: 4, childrenPerParent: 1 };
const firstPopulations: readonly Override[] = [
  ...each([4, 8, 32], (population) => ({ population })),
  ...each([4, 8], (population) => ({ ...small, population })),
];

/** Changes to the preset's settings, by strategy. */
const sweeps: readonly (readonly [StrategyName | "local-search", readonly Override[]])[] = [
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
      ...generationSizes,
      ...firstPopulations,
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
      ...generationSizes,
      ...firstPopulations,
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
  ["local-search", [{}, ...each([4, 8, 32], (population) => ({ population }))]],
];

/** The row that the others are compared with; it is always measured, as random search is. */
const reference = "opnas {}";

/** Returns the rows whose names contain a text. */
function variantsWith(only: string, tiny: SearchSettings): Variant[] {
  return sweeps
    .flatMap(([strategy, changes]) =>
      changes.map((change): Variant => {
        const settings = changed(tiny, change);
        const search =
          strategy === "local-search"
            ? localSearchUnder(settings)
            : strategySearch(strategy, settings);
        return { name: `${strategy} ${JSON.stringify(change)}`, search };
      }),
    )
    .filter(({ name }) => name.includes(only) && name !== reference && name !== "random {}");
}

await runBench(
  {
    name: "bench:sweep",
    about,
    options: {
      record: text.default("bench/record/record.json.gz"),
      tables: list(tableName).default(["record", "nas-bench-macro"]),
      seeds: whole(1).default(200),
      "first-seed": whole(0).default(10_001),
      tpe: whole(0).default(0),
      noise: positive.optional(),
      only: text.optional(),
      preset: text.default("tiny-linear"),
    },
    quick: { seeds: "3", only: "opnas {}", tables: "record" },
  },
  async (options) => {
    const seeds = numbersFrom(options["first-seed"], options.seeds);
    const tiny = settingsOf(options.preset, { generations: horizon });
    const peer = options.tpe > 0 ? await tpe(options.tpe) : null;
    const variants = [
      { name: "random", search: strategySearch("random", tiny) },
      { name: reference, search: strategySearch("opnas", tiny) },
      ...variantsWith(options.only ?? "", tiny),
      ...(peer ? [peer.variant] : []),
    ];
    const tables = [];
    const evaluations: Evaluations[] = [];
    for (const table of await openTables(options.tables, {
      ...options,
      download: !options.quick,
    })) {
      const groups = [{ table, scores: scoresWithNoise(table, options.noise ?? 0), seeds }];
      const measured = await measure(table.name, groups, variants, reference);
      const target = item(measured.targets, 0);
      const from = options["first-seed"];
      console.log(
        `\n${table.title}: ${seeds.length} seeds from ${from}; target ${target.toFixed(2)}\n`,
      );
      console.log(markdownHead(["strategy", "changed", ...columns]));
      const rows = Object.entries(measured.strategies).map(([name, result]) => {
        const [, strategy = name, change = "{}"] = /^([\w-]+) (\{.*)$/.exec(name) ?? [];
        console.log(markdownRow([strategy, change, ...cellsOf(result, result.ratio, 2)]));
        return { strategy, change, ...result };
      });
      tables.push({ name: table.name, target, rows });
      evaluations.push(measured.evaluations);
    }
    peer?.end();
    const overall = printOverall(evaluations, reference);
    return { seeds: seeds.length, budget, tables, overall };
  },
);
