/** The strategies on spaces that nothing was tuned on; run by `npm run bench:landscapes`. */
import {
  stream,
  type Random,
  type SearchSettings,
  type SearchSpace,
  type StrategyName,
} from "@opnas/core";
import { runBench, whole } from "../common/command.ts";
import { medianWithInterval, shown } from "../common/interval.ts";
import { item, numbersFrom } from "../common/items.ts";
import { settingsOf } from "../common/settings.ts";
import { bestSoFar, evaluationsTo, replay } from "./replay.ts";

const about = `The strategies on cells of six edges with one of five operations each
(docs/another-search-space.md), and made-up scores of several kinds and scales.

A score is a sum of normal samples: one for each operation on each edge, one for each pair of them, one
for the whole cell, which nothing could foretell. Every ten seeds search another such sum. Printed are
evaluations until random search's best of 200 (its median over the ten seeds) is reached.`;

const [budget, horizon, seedsOfOne] = [200, 300, 10];
const landscapeOf = (seed: number) => Math.ceil(seed / seedsOfOne);

const edges = [0, 1, 2, 3, 4, 5];
const operations = ["none", "skip", "conv 1", "conv 3", "pool"];
type Cell = readonly string[];
const space: SearchSpace<Cell> = {
  operations: { operation: operations, kernel: [] },
  sample: (random: Random) => edges.map(() => random.pick(operations)),
  key: (cell) => cell.join("|"),
  features: (cell) =>
    cell.map((operation, position) => ({ kind: "operation", position, operation })),
  mutate: (cell, choose, random) => {
    const position = random.pick(edges);
    const others = operations.filter((operation) => operation !== cell[position]);
    const chosen = choose({ kind: "operation", position }, others, random);
    return { architecture: cell.with(position, chosen), description: chosen };
  },
};

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

/** Returns cell → score in the landscape of that number. */
function scoresOf(landscape: Landscape, number: number): (cell: Cell) => number {
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

const tiny = settingsOf("tiny", { generations: horizon });
const paper = settingsOf("tiny", { generations: horizon, screening: { draws: 1 } });
const variants: readonly { name: string; strategy: StrategyName; settings: SearchSettings }[] = [
  { name: "OP-NAS", strategy: "opnas", settings: tiny },
  { name: "as in the paper", strategy: "opnas", settings: paper },
  { name: "evolution", strategy: "evolution", settings: tiny },
  { name: "reinforcement", strategy: "reinforcement", settings: tiny },
  { name: "random", strategy: "random", settings: tiny },
];

await runBench(
  {
    name: "bench:landscapes",
    about,
    options: { seeds: whole(1).default(200) },
    quick: { seeds: "3" },
  },
  (options) => {
    const seeds = numbersFrom(1, options.seeds);
    console.log(`| landscape | ${variants.map(({ name }) => name).join(" | ")} |`);
    console.log(`| --- |${" --- |".repeat(variants.length)}`);
    const rows = Object.entries(landscapes).map(([name, landscape]) => {
      const evaluations = evaluationsIn(landscape, seeds);
      const cells = evaluations.map(({ needed }) => shown(needed, horizon));
      console.log(`| ${name} | ${cells.join(" | ")} |`);
      return { landscape: name, evaluations };
    });
    return Promise.resolve({ seeds: seeds.length, budget, horizon, rows });
  },
);

/** Returns each variant's evaluations to random search's best of the budget, in one landscape. */
function evaluationsIn(landscape: Landscape, seeds: readonly number[]) {
  const curvesOf = (strategy: StrategyName, settings: SearchSettings) =>
    seeds.map((seed) => {
      const scoreOf = scoresOf(landscape, landscapeOf(seed));
      return bestSoFar(replay(strategy, { space, settings, seed }, scoreOf, horizon));
    });
  const randoms = curvesOf("random", tiny);
  const targetOf = (seed: number) => {
    const alike = randoms.filter((_, at) => landscapeOf(item(seeds, at)) === landscapeOf(seed));
    return medianWithInterval(alike.map((curve) => item(curve, budget - 1))).median;
  };
  return variants.map(({ name, strategy, settings }) => {
    const curves = strategy === "random" ? randoms : curvesOf(strategy, settings);
    const needed = curves.map((curve, at) => evaluationsTo(targetOf(item(seeds, at)), curve));
    return { strategy: name, needed: medianWithInterval(needed) };
  });
}
