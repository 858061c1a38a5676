import { taskCatalog, taskNames } from "@opnas/core";
import { beforeAll, describe, expect, test } from "vitest";

import { buildData } from "./build.js";
import { readSpeeches } from "../text/corpus.js";
import { rowOf } from "../text/sequences.js";
import {
  clsId,
  firstWordId,
  maskId,
  padId,
  sepId,
  type FineTuneTask,
  type MaskedLanguageTask,
  type PreparedData,
  type ZeroShotTask,
} from "../text/types.js";
import { logisticAccuracy } from "../tasks/logistic.js";

/** The data of the preset `tiny`: all speeches, 3,072 word pieces, length 32. */
let data: PreparedData;
let masked: MaskedLanguageTask;
let zeroShot: ZeroShotTask[];
let fineTuned: FineTuneTask[];
beforeAll(async () => {
  data = await buildData(
    { vocabulary: 3072, length: 32, tasks: taskNames, evaluationExamples: 1000 },
    await readSpeeches(),
    () => undefined,
  );
  masked = data.tasks.filter((task) => task.kind === "masked")[0] ?? expect.fail("no masked task");
  zeroShot = data.tasks.filter((task) => task.kind === "zeroShot");
  fineTuned = data.tasks.filter((task) => task.kind === "fineTuned");
}, 120_000);

function zeroShotTask(name: ZeroShotTask["name"]): ZeroShotTask {
  return zeroShot.find((task) => task.name === name) ?? expect.fail(`no task ${name}`);
}

function fineTunedTask(name: FineTuneTask["name"]): FineTuneTask {
  return fineTuned.find((task) => task.name === name) ?? expect.fail(`no task ${name}`);
}

/**
 * Computes the accuracy, in percent, of a classifier that sees only a row's features by
 * `featuresOf`.
 */
function accuracyBy(task: FineTuneTask, featuresOf: (row: Int32Array) => string[]): number {
  const examples = ({ sequences, labels }: FineTuneTask["train"]) =>
    Array.from(labels, (label, row) => ({ features: featuresOf(rowOf(sequences, row)), label }));
  return 100 * logisticAccuracy(examples(task.train), examples(task.test), task.classes);
}

describe("the tasks of the preset tiny", () => {
  test("have the kinds of the catalogue", () => {
    expect(data.tasks.map(({ name, kind }) => [name, kind])).toEqual(
      taskNames.map((name) => [name, taskCatalog[name].kind]),
    );
  });

  test("have about a thousand test examples each, and training examples for 80 steps of 32", () => {
    expect(masked.test.count).toBe(1000);
    for (const { test } of zeroShot) expect(test.count).toBe(1000);
    for (const { train, test } of fineTuned) {
      expect(test.labels.length).toBeGreaterThan(990);
      expect(train.labels.length).toBeGreaterThan(80 * 32);
    }
  });
});

describe("masked words", () => {
  test("hide the same number of word pieces of every sequence, with their ids as targets", () => {
    const { masked: input, test, positions, positionsPerItem, targets } = masked;
    expect(positionsPerItem).toBe(Math.round(0.3 * 30));
    expect(positions).toHaveLength(1000 * positionsPerItem);
    for (const [index, position] of positions.entries()) {
      const target = rowOf(test, Math.floor(index / positionsPerItem))[position] ?? padId;
      expect(target).toBe(targets[index]);
      expect(target).toBeGreaterThanOrEqual(firstWordId);
    }
    const hidden = input.ids.filter((id) => id === maskId).length / positions.length;
    expect(hidden).toBeCloseTo(0.8, 1);
  });

  test("have n-gram baselines within the ranges that the pilot found", () => {
    expect(masked.unigram.loss).toBeGreaterThan(6);
    expect(masked.unigram.loss).toBeLessThan(6.6);
    expect(masked.unigram.accuracy).toBeCloseTo(0.06, 1);
    expect(masked.bigram.loss).toBeLessThan(4.3);
    expect(masked.bigram.accuracy).toBeGreaterThan(0.22);
    expect(masked.bigram.accuracy).toBeLessThan(0.36);
  });
});

describe("zero-shot questions", () => {
  test("hide their positions and offer different choices of word pieces", () => {
    for (const { test, positions, positionsPerItem, choices, choicesPerItem } of zeroShot) {
      for (let item = 0; item < test.count; item++) {
        const places = positions.subarray(item * positionsPerItem, (item + 1) * positionsPerItem);
        expect(places.every((position) => rowOf(test, item)[position] === maskId)).toBe(true);
        const size = choicesPerItem * positionsPerItem;
        const offered = choices.subarray(item * size, (item + 1) * size);
        expect(offered.every((id) => id >= firstWordId)).toBe(true);
        const different = new Set(
          Array.from({ length: choicesPerItem }, (_, choice) =>
            offered.subarray(choice * positionsPerItem, (choice + 1) * positionsPerItem).join(),
          ),
        );
        expect(different.size).toBe(choicesPerItem);
      }
    }
  });

  test("have baselines above chance and below certainty", () => {
    for (const { name, choicesPerItem, baselines } of zeroShot) {
      expect(baselines.majority).toBeGreaterThanOrEqual(100 / choicesPerItem);
      // Neighbours are meant to tell little.
      if (name === "recall" || name === "reversal") continue;
      expect(baselines.ngram).toBeGreaterThan(baselines.majority + 15);
      expect(baselines.ngram).toBeLessThan(98);
    }
  });

  test("ask for no preposition more often than a quarter of the time", () => {
    const { baselines, choicesPerItem } = zeroShotTask("preposition");
    expect(choicesPerItem).toBe(10);
    expect(baselines.majority).toBeCloseTo(25, 6);
  });
});

describe("recall", () => {
  test("is told by the first occurrence, and hardly by a word's neighbours", () => {
    const { test: items, positions, choices, choicesPerItem, baselines } = zeroShotTask("recall");
    expect(baselines.ngram).toBeLessThan(60);
    let right = 0;
    for (let item = 0; item < items.count; item++) {
      const row = rowOf(items, item);
      const hidden = positions[item] ?? 0;
      const offered = choices.subarray(item * choicesPerItem, (item + 1) * choicesPerItem);
      expect(row.includes(offered[0] ?? padId)).toBe(true);
      // As an induction head does: the word that stood between the same two neighbours before.
      const likeness = (at: number) =>
        Number(row[at - 1] === row[hidden - 1]) + Number(row[at + 1] === row[hidden + 1]);
      const places = [...row.keys()].filter((at) => offered.includes(row[at] ?? padId));
      const best = places.sort((a, b) => likeness(b) - likeness(a))[0] ?? 0;
      if (row[best] === offered[0]) right++;
    }
    expect(right / items.count).toBeGreaterThan(0.85);
  });
});

describe("reversal", () => {
  test("is told by the mirrored place alone, at many distances", () => {
    const { test: items, positions, choices, choicesPerItem, baselines } = zeroShotTask("reversal");
    expect(baselines.majority).toBe(20);
    expect(baselines.ngram).toBeLessThan(35);
    const distances = new Set<number>();
    for (let item = 0; item < items.count; item++) {
      const row = rowOf(items, item);
      const hidden = positions[item] ?? 0;
      const mirrored = row.length - 1 - hidden;
      const offered = [...choices.subarray(item * choicesPerItem, (item + 1) * choicesPerItem)];
      expect(new Set(offered).size).toBe(5);
      expect(row[hidden]).toBe(maskId);
      expect(row[mirrored]).toBe(offered[0]);
      expect(offered.every((id) => row.includes(id))).toBe(true);
      distances.add(hidden - mirrored);
    }
    expect(distances.size).toBeGreaterThan(10);
  });
});

describe("fine-tuned tasks", () => {
  test("have as many test examples of each class", () => {
    for (const { classes, baselines, test } of fineTuned) {
      expect(baselines.majority).toBeCloseTo(100 / classes, 6);
      expect(new Set(test.labels).size).toBe(classes);
    }
  });

  test("show no test row in training, and no row twice", () => {
    for (const { name, train, test } of fineTuned) {
      const rows = [train, test].map(({ sequences, labels }) =>
        Array.from(labels, (_, row) => rowOf(sequences, row).join()),
      );
      expect(new Set(rows.flat()).size, name).toBe(rows.flat().length);
    }
  });

  test("cannot be solved by lengths and the places of separators", () => {
    for (const task of fineTuned) {
      const accuracy = accuracyBy(task, (row) =>
        Array.from(row, (id, at) => `${at} ${[padId, clsId, sepId].includes(id) ? id : "token"}`),
      );
      expect(Math.abs(accuracy - task.baselines.majority), task.name).toBeLessThan(4);
    }
  });

  test("have no punctuation that would reveal the order of halves or the kind of definition", () => {
    const isPunctuation = (id: number) =>
      id >= firstWordId && !/^(##)?\p{L}+$/u.test(data.vocabulary[id] ?? "");
    for (const name of ["half-order", "definition"] as const) {
      const { train, test } = fineTunedTask(name);
      for (const { sequences } of [train, test])
        expect(sequences.ids.some(isPunctuation)).toBe(false);
    }
  });

  test("cannot be solved by single tokens in a far-swap", () => {
    const accuracy = accuracyBy(fineTunedTask("far-swap"), (row) => [...row].map(String));
    expect(accuracy).toBeLessThan(56);
  });

  test("have n-gram baselines above the majority and below certainty", () => {
    const ngram = Object.fromEntries(
      fineTuned.map(({ name, baselines }) => [name, baselines.ngram]),
    );
    expect(ngram["half-order"]).toBeGreaterThan(75);
    expect(ngram["half-order"]).toBeLessThan(92);
    expect(ngram.definition).toBeGreaterThan(80);
    expect(ngram.definition).toBeLessThan(95);
    expect(ngram["far-swap"]).toBeGreaterThan(50);
    expect(ngram["far-swap"]).toBeLessThan(65);
  });
});
