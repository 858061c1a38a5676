/**
 * The strategies on spaces that nothing was tuned on: cells of six edges with one of five operations
 * each (docs/another-search-space.md), and made-up scores of several kinds and scales.
 *
 *   npm run bench:landscapes -- [--seeds 200]
 *
 * A score is a sum of normal draws: one for each operation on each edge, one for each pair of them,
 * one for the whole cell, which nothing could foretell. Every ten seeds search another draw. Printed
 * are evaluations until random search's best of 200 (its median over the ten seeds) is reached.
 */
import { parseArgs } from "node:util";
import { presetNamed, stream } from "@opnas/core";
import { medianWithInterval, shown } from "./interval.mjs";
import { bestSoFar, evaluationsTo, replay } from "./replay.mjs";

const { values: options } = parseArgs({ options: { seeds: { type: "string", default: "200" } } });

const [budget, horizon, seedsOfOne] = [200, 300, 10];
const seeds = Array.from({ length: Number(options.seeds) }, (_, index) => index + 1);
const drawOf = (seed) => Math.ceil(seed / seedsOfOne);

const edges = [0, 1, 2, 3, 4, 5];
const operations = ["none", "skip", "conv 1", "conv 3", "pool"];
const space = {
  operations: { operation: operations, kernel: [] },
  sample: (random) => edges.map(() => random.pick(operations)),
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

/** What the parts of a score weigh, and the scale of the whole. */
const landscapes = {
  "each edge by itself, scores about 0.01": { single: 1, pairs: 0, whole: 0, scale: 0.01 },
  "edges and pairs, scores about 0.1": { single: 1, pairs: 0.5, whole: 0.3, scale: 0.05 },
  "half of it unforeseeable": { single: 0.5, pairs: 0.5, whole: 1, scale: 1 },
  "pairs only": { single: 0, pairs: 1, whole: 0, scale: 1 },
};

function scoresOf({ single, pairs, whole, scale }, draw) {
  const known = new Map();
  const normal = (...place) => {
    const name = place.join(" ");
    if (!known.has(name)) known.set(name, stream(draw, name).normal());
    return known.get(name);
  };
  return (cell) => {
    let score = whole * normal(...cell);
    for (const [edge, operation] of cell.entries()) {
      score += single * normal(edge, operation);
      for (let other = 0; other < edge; other++) {
        score += pairs * normal(edge, other, operation, cell[other]);
      }
    }
    return scale * score;
  };
}

const tiny = { ...presetNamed("tiny").settings, generations: horizon };
const paper = { ...tiny, screening: { ...tiny.screening, draws: 1 } };
const variants = {
  "OP-NAS": ["opnas", tiny],
  "as in the paper": ["opnas", paper],
  evolution: ["evolution", tiny],
  reinforcement: ["reinforcement", tiny],
  random: ["random", tiny],
};

console.log(`| landscape | ${Object.keys(variants).join(" | ")} |`);
console.log(`| --- |${" --- |".repeat(Object.keys(variants).length)}`);
for (const [name, landscape] of Object.entries(landscapes)) {
  const curvesOf = ([strategy, settings]) =>
    seeds.map((seed) => {
      const scoreOf = scoresOf(landscape, drawOf(seed));
      return bestSoFar(replay(strategy, { space, settings, seed }, scoreOf, horizon));
    });
  const randoms = curvesOf(variants.random);
  const targetOf = (seed) => {
    const alike = randoms.filter((_, index) => drawOf(seeds[index]) === drawOf(seed));
    return medianWithInterval(alike.map((curve) => curve[budget - 1])).median;
  };
  const cells = Object.values(variants).map((variant) => {
    const curves = variant === variants.random ? randoms : curvesOf(variant);
    const needed = curves.map((curve, index) => evaluationsTo(targetOf(seeds[index]), curve));
    return shown(medianWithInterval(needed), horizon);
  });
  console.log(`| ${name} | ${cells.join(" | ")} |`);
}
