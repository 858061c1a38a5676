import { presetNamed, stream, type Feature, type StrategyName } from "@opnas/core";
import { expect, test } from "vitest";
import { readRecord } from "../record/file.ts";
import { everyBackbone, tinySpace } from "../record/space.ts";
import { recordTable } from "../tables/record.ts";
import { recorded as valueOf } from "../tables/table.ts";
import { item } from "../common/items.ts";
import { medianWithInterval } from "../common/interval.ts";
import { bestSoFar, evaluationsTo, replay } from "./replay.ts";

const file = new URL("../record/record.json.gz", import.meta.url).pathname;
const { settings: recorded, entries } = await readRecord(file);
const table = await recordTable(file);
const { settings } = presetNamed("tiny-linear");
const space = table.spaceOf(settings);
const scoreOf = (key: string) => valueOf(table.scores, key);
/** Returns the scores of the trainings under one seed. */
const scoreUnder = (seed: number) => (key: string) =>
  item(valueOf(table.runs ?? new Map<string, number[]>(), key), seed - 1);

test("the record holds every backbone of its space, under two seeds and more", () => {
  const recordedSpace = tinySpace(recorded.size.layers, { kindChanges: 0, layerKind: 0 });
  for (const architecture of everyBackbone(recorded.size.layers)) {
    expect(scoreOf(recordedSpace.key(architecture))).toBeGreaterThan(0);
  }
  for (const { runs } of entries) {
    expect(runs.length).toBeGreaterThan(1);
    expect(runs.slice(0, 2).map(({ seed }) => seed)).toEqual([1, 2]);
  }
});

test("the space's mutations stay within it and its features tell what a layer holds", () => {
  const random = stream(1, "mutations");
  let parent = space.sample(random);
  for (let count = 0; count < 500; count++) {
    const offered: Feature[] = [];
    const { architecture } = space.mutate(
      parent,
      (slot, options, from) => {
        const chosen = from.pick(options);
        offered.push({ ...slot, operation: chosen });
        return chosen;
      },
      random,
    );
    expect(space.key(architecture)).not.toBe(space.key(parent));
    expect(scoreOf(architecture)).toBeGreaterThan(0);
    // Of several changes the last is there to be seen.
    expect(space.features(architecture)).toContainEqual(offered.at(-1));
    parent = architecture;
  }
});

test("OP-NAS needs half of random search's evaluations, and fewer than plain evolution", () => {
  const seeds = Array.from({ length: 40 }, (_, index) => index + 1);
  const context = (seed: number) => ({ space, settings: { ...settings, generations: 400 }, seed });
  const curvesOf = (name: StrategyName) => {
    return seeds.map((seed) => bestSoFar(replay(name, context(seed), scoreOf, 300)));
  };
  const randoms = curvesOf("random");
  const target = medianWithInterval(randoms.map((curve) => item(curve, 199))).median;
  const neededIn = (curves: number[][]) => {
    return medianWithInterval(curves.map((curve) => evaluationsTo(target, curve))).median;
  };
  const [opnas, evolution] = [neededIn(curvesOf("opnas")), neededIn(curvesOf("evolution"))];
  expect(opnas).toBeLessThan(neededIn(randoms) / 2);
  expect(opnas).toBeLessThan(evolution);
}, 120_000);

test("a choice is worth what judges it, not what the search saw", () => {
  const context = { space, settings: { ...settings, generations: 10 }, seed: 1 };
  const history = replay("opnas", context, scoreUnder(1), 60);
  const best = history.reduce((a, b) => (b.score > a.score ? b : a));
  expect(bestSoFar(history).at(-1)).toBe(best.score);
  expect(bestSoFar(history, scoreUnder(2)).at(-1)).toBe(scoreUnder(2)(best.architecture));
  expect(scoreUnder(2)(best.architecture)).not.toBe(best.score);
  expect(scoreOf(best.architecture)).toBeCloseTo(
    (best.score + scoreUnder(2)(best.architecture)) / 2,
  );
});

test("the median's interval holds it, and grows narrower with more values", () => {
  const random = stream(1, "values");
  const width = (count: number) => {
    const { median, low, high } = medianWithInterval(
      Array.from({ length: count }, () => random.normal()),
    );
    expect(low).toBeLessThan(median);
    expect(high).toBeGreaterThan(median);
    return high - low;
  };
  expect(width(1000)).toBeLessThan(width(100));
});
