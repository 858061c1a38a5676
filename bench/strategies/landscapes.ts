/** The strategies on spaces that nothing was tuned on; run by `npm run bench:landscapes`. */
import { stream } from "@opnas/core";
import { positive, runBench, whole } from "../common/command.ts";
import { item, numbersFrom } from "../common/items.ts";
import { note } from "../common/progress.ts";
import { settingsOf } from "../common/settings.ts";
import { slotTable } from "../tables/slotSpace.ts";
import type { Table } from "../tables/table.ts";
import { measure, printOverall, printResults, type Evaluations } from "./measure.ts";
import { budget, horizon } from "./report.ts";
import { quickMost, reference, scoresWithNoise, variantsOf } from "./searches.ts";
import { tpe } from "./tpe.ts";

const about = `The strategies on cells of six edges with one of five operations each
(docs/another-search-space.md), and made-up scores of several kinds and scales.

A score is a sum of normal samples: one for each operation on each edge, one for each pair of them, one
for the whole cell, which nothing could foretell. Every ten seeds search another such sum. What is
printed is what bench:strategies prints; targets and bests are those of each sum. With --noise 1
searches see scores with normal noise of one standard deviation of the best quarter.`;

const seedsOfOne = 10;

const edges = [0, 1, 2, 3, 4, 5];
const operations = ["none", "skip", "conv 1", "conv 3", "pool"];
type Cell = readonly string[];
const cells = edges.reduce<Cell[]>(
  (shorter) => shorter.flatMap((cell) => operations.map((operation) => [...cell, operation])),
  [[]],
);

/** Weights of the parts of a score, and the scale of the whole. */
interface Landscape {
  single: number;
  pairs: number;
  whole: number;
  scale: number;
}

const landscapes: Readonly<Record<string, Landscape>> = {
  "each edge by itself, scores about 0.01": { single: 1, pairs: 0, whole: 0, scale: 0.01 },
  "edges and pairs, scores about 0.1": { single: 1, pairs: 0.5, whole: 0.3, scale: 0.05 },
  "half of it unforeseeable": { single: 0.5, pairs: 0.5, whole: 1, scale: 1 },
  "pairs only": { single: 0, pairs: 1, whole: 0, scale: 1 },
};

/** Returns all cells with their scores in the landscape of that number. */
function tableOf(name: string, landscape: Landscape, number: number): Table {
  const scoreOf = scoresIn(landscape, number);
  const rows = cells.map((options) => ({ options, score: scoreOf(options) }));
  return slotTable(name, name, edges.map(String), rows);
}

/** Returns cell → score in the landscape of that number. */
function scoresIn(landscape: Landscape, number: number): (cell: Cell) => number {
  const known = new Map<string, number>();
  const normal = (...place: (string | number)[]) => {
    const name = place.join(" ");
    const value = known.get(name) ?? stream(number, name).normal();
    known.set(name, value);
    return value;
  };
  return (cell) => {
    let score = landscape.whole * normal(...cell);
    for (const [edge, operation] of cell.entries()) {
      score += landscape.single * normal(edge, operation);
      for (let other = 0; other < edge; other++) {
        score += landscape.pairs * normal(edge, other, operation, item(cell, other));
      }
    }
    return landscape.scale * score;
  };
}

await runBench(
  {
    name: "bench:landscapes",
    about,
    options: {
      seeds: whole(1).default(60),
      tpe: whole(0).default(20),
      noise: positive.optional(),
    },
    quick: { seeds: "1", tpe: "0" },
  },
  async (options) => {
    const seeds = numbersFrom(1, options.seeds);
    const peer = options.tpe > 0 ? await tpe(options.tpe) : null;
    const settings = settingsOf("tiny", { generations: horizon });
    const most = options.quick ? quickMost : budget;
    const variants = [...variantsOf(settings, most), ...(peer ? [peer.variant] : [])];
    const rows = [];
    const evaluations: Evaluations[] = [];
    for (const [name, landscape] of Object.entries(landscapes)) {
      note(name);
      const numbers = numbersFrom(1, Math.ceil(seeds.length / seedsOfOne));
      const groups = numbers.map((number) => {
        const table = tableOf(name, landscape, number);
        const own = seeds.slice((number - 1) * seedsOfOne, number * seedsOfOne);
        return { table, scores: scoresWithNoise(table, options.noise ?? 0), seeds: own };
      });
      const measured = await measure(name, groups, variants, reference);
      console.log(`\n${name}: ${cells.length} cells, ${seeds.length} seeds\n`);
      printResults(measured, landscape.scale < 1 ? 4 : 2);
      rows.push({ landscape: name, strategies: measured.strategies });
      evaluations.push(measured.evaluations);
    }
    peer?.end();
    const overall = printOverall(evaluations, reference);
    return { seeds: seeds.length, budget, horizon, rows, overall };
  },
);
