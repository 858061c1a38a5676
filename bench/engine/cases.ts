/**
 * The cases that are timed: models, the three kinds of step, and numbers that both sides start
 * from.
 */
import {
  autobertZeroBase,
  bertLayer,
  flops,
  modelSizeSchema,
  presetNamed,
  stream,
  withDepth,
  type Architecture,
  type ModelSize,
} from "@opnas/core";
import { samplePair, type MaskedSequences } from "@opnas/worker/internals";
import { item } from "../common/items.ts";
import { changed } from "../common/settings.ts";

export const modelNames = ["tiny", "mini", "small"] as const;
export type ModelName = (typeof modelNames)[number];

/** A model's size, and the sequences of its batches. */
export interface Model {
  size: ModelSize;
  batch: number;
}

function model(
  [layers, hidden, heads]: [number, number, number],
  [vocabulary, length]: [number, number],
  batch: number,
): Model {
  // By core's schema, so that settings which came later have their defaults.
  return { size: modelSizeSchema.parse({ layers, hidden, heads, vocabulary, length }), batch };
}

export const models: Readonly<Record<ModelName, Model>> = {
  tiny: model([3, 64, 4], [3072, 32], 16),
  mini: model([4, 128, 4], [4096, 64], 16),
  small: model([6, 256, 4], [8192, 128], 8),
};

/**
 * Vanilla BERT; a BIWS super-net, two complementary sub-networks, one update; AutoBERT-Zero's
 * pattern.
 */
export const kinds = ["bert", "superNet", "autobert"] as const;
export type Kind = (typeof kinds)[number];

export const learningRate = 1e-3;
const masking = 0.15;
/**
 * Batches that a timing goes through again and again, and super-net steps with graphs of their own.
 */
const batchCount = 16;
const pairCount = 64;

/** Returns the architectures of each step: one, or two that share nothing but the ends. */
export function architecturesOf(kind: Kind, size: ModelSize): Architecture[][] {
  const { layers } = size;
  if (kind === "bert") return [[withDepth({ version: 1, layers: [bertLayer] }, layers)]];
  if (kind === "autobert") return [[withDepth(autobertZeroBase, layers)]];
  const sampling = changed(presetNamed("tiny").settings, { size, mutation: { maxNodes: 10 } });
  return Array.from({ length: pairCount }, (_, step) =>
    samplePair(sampling, stream(1, "pairs", step)),
  );
}

/** Returns batches of random words; in each half of the rows the same number of them is hidden. */
export function batchesOf({ size: { vocabulary, length }, batch }: Model): MaskedSequences[] {
  const half = (batch / 2) * length;
  const count = Math.round(masking * half);
  return Array.from({ length: batchCount }, (_, index) => {
    const random = stream(2, "batches", index);
    const word = () => 5 + random.int(vocabulary - 5);
    const ids = Int32Array.from({ length: batch * length }, word);
    const places = [0, half].flatMap((start) =>
      random.shuffle(Array.from({ length: half }, (_, at) => start + at)).slice(0, count),
    );
    const positions = Int32Array.from(places).sort();
    const targets = positions.map((place) => ids[place] ?? NaN);
    for (const place of positions) ids[place] = 4;
    return { ids, positions, targets, size: batch, length };
  });
}

/** Returns a batch as two of half as many rows. */
export function partsOf({
  ids,
  positions,
  targets,
  size,
  length,
}: MaskedSequences): MaskedSequences[] {
  return [0, 1].map((part) => {
    const [rows, hidden] = [(size / 2) * length, positions.length / 2];
    const own = (values: Int32Array, count: number) =>
      values.slice(part * count, (part + 1) * count);
    return {
      ids: own(ids, rows),
      positions: own(positions, hidden).map((place) => place - part * rows),
      targets: own(targets, hidden),
      size: size / 2,
      length,
    };
  });
}

/**
 * Returns the floating-point operations of one training step, the mean over steps of such
 * architectures: a backward pass costs twice a forward pass.
 */
export function flopsOf(steps: readonly Architecture[][], { size, batch }: Model): number {
  const { length, hidden, vocabulary } = size;
  // core counts the head at every position; it runs at the hidden ones only.
  const perPosition = 2 * hidden * (hidden + vocabulary);
  const head = (1 - masking) * length * perPosition;
  const total = steps.flat().reduce((sum, each) => sum + flops(each, size) - head, 0);
  return (3 * batch * total) / steps.length;
}

/** Returns the architectures of step number `index` and the batch that it sees, in turn. */
export function turn<S, B>(steps: readonly S[], batches: readonly B[], index: number) {
  return { step: item(steps, index % steps.length), batch: item(batches, index % batches.length) };
}
