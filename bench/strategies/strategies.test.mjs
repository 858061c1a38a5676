import { architectureKey, presets, stream } from "@opnas/core";
import { expect, test } from "vitest";
import { mean } from "../pool/statistics.mjs";
import { readRecord } from "../record/file.mjs";
import { everyBackbone, tinySpace } from "../record/space.mjs";
import { medianWithInterval } from "./interval.mjs";
import { bestSoFar, evaluationsTo, replay } from "./replay.mjs";

const record = await readRecord(new URL("../record/record.json.gz", import.meta.url).pathname, {});
const scores = new Map(
  record.entries.map(({ key, runs }) => [key, mean(runs.map(({ score }) => score))]),
);
const scoreOf = (architecture) => scores.get(architectureKey(architecture));
const { settings } = presets.find(({ name }) => name === "tiny");
const space = tinySpace(record.settings.size.layers, settings.mutation);

test("the record holds every backbone of its space, under two seeds and more", () => {
  for (const architecture of everyBackbone(record.settings.size.layers)) {
    expect(scoreOf(architecture)).toBeGreaterThan(0);
  }
  for (const { runs } of record.entries) expect(runs.length).toBeGreaterThan(1);
});

test("the space's mutations stay within it and its features tell what a layer holds", () => {
  const random = stream(1, "mutations");
  let parent = space.sample(random);
  for (let count = 0; count < 500; count++) {
    const offered = [];
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
    expect(scores.has(architectureKey(architecture))).toBe(true);
    // Of several changes the last is there to be seen.
    expect(space.features(architecture)).toContainEqual(offered.at(-1));
    parent = architecture;
  }
});

test("OP-NAS needs half of random search's evaluations, and fewer than plain evolution", () => {
  const seeds = Array.from({ length: 40 }, (_, index) => index + 1);
  const context = (seed) => ({ space, settings: { ...settings, generations: 400 }, seed });
  const curves = Object.fromEntries(
    ["opnas", "evolution", "random"].map((name) => {
      const ofSeed = (seed) => bestSoFar(replay(name, context(seed), scoreOf, 300));
      return [name, seeds.map(ofSeed)];
    }),
  );
  const target = medianWithInterval(curves.random.map((curve) => curve[199])).median;
  const needed = (name) => {
    return medianWithInterval(curves[name].map((curve) => evaluationsTo(target, curve))).median;
  };
  expect(needed("opnas")).toBeLessThan(needed("random") / 2);
  expect(needed("opnas")).toBeLessThan(needed("evolution"));
}, 120_000);

test("the median's interval holds it, and grows narrower with more values", () => {
  const random = stream(1, "values");
  const width = (count) => {
    const { median, low, high } = medianWithInterval(
      Array.from({ length: count }, () => random.normal()),
    );
    expect(low).toBeLessThan(median);
    expect(high).toBeGreaterThan(median);
    return high - low;
  };
  expect(width(1000)).toBeLessThan(width(100));
});
