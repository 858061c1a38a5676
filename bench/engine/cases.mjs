/** What is timed: models, the three kinds of step, and numbers that both sides start from. */
import { autobertZeroBase, bertLayer, flops, stream, withDepth } from "@opnas/core";
import { samplePair } from "../../worker/dist/supernet/sample.js";

export const models = {
  tiny: { size: { layers: 3, hidden: 64, heads: 4, vocabulary: 3072, length: 32 }, batch: 16 },
  mini: { size: { layers: 4, hidden: 128, heads: 4, vocabulary: 4096, length: 64 }, batch: 16 },
  small: { size: { layers: 6, hidden: 256, heads: 4, vocabulary: 8192, length: 128 }, batch: 8 },
};

/** Vanilla BERT; a BIWS super-net, two complementary sub-networks, one update; AutoBERT-Zero's pattern. */
export const kinds = ["bert", "superNet", "autobert"];

export const learningRate = 1e-3;
export const masking = 0.15;
/** Batches that a timing goes through again and again, and super-net steps with graphs of their own. */
const batchCount = 16;
const pairCount = 64;

/** The architectures that step number i trains: one, or two that share nothing but the ends. */
export function architecturesOf(kind, { layers }) {
  const bert = { version: 1, layers: Array.from({ length: layers }, () => bertLayer) };
  if (kind === "bert") return [[bert]];
  const sampling = { size: { layers }, mutation: { maxNodes: 10 } };
  if (kind === "autobert") return [[withDepth(autobertZeroBase, layers)]];
  return Array.from({ length: pairCount }, (_, step) =>
    samplePair(sampling, stream(1, "pairs", step)),
  );
}

/** Batches of random words; in each half of the rows the same number of them is hidden. */
export function batchesOf({ size: { vocabulary, length }, batch }) {
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
    const targets = positions.map((place) => ids[place]);
    for (const place of positions) ids[place] = 4;
    return { ids, positions, targets, size: batch, length };
  });
}

/** A batch as two of half as many rows. */
export function partsOf({ ids, positions, targets, size, length }) {
  return [0, 1].map((part) => {
    const [rows, hidden] = [(size / 2) * length, positions.length / 2];
    const own = (values, count) => values.slice(part * count, (part + 1) * count);
    return {
      ids: own(ids, rows),
      positions: own(positions, hidden).map((place) => place - part * rows),
      targets: own(targets, hidden),
      size: size / 2,
      length,
    };
  });
}

/** Floating-point operations of one training step: a backward pass costs twice a forward pass. */
export function flopsOf(pairs, { size, batch }) {
  const { length, hidden, vocabulary } = size;
  // core counts the head at every position; it runs at the hidden ones only.
  const perPosition = 2 * hidden * (hidden + vocabulary);
  const head = (1 - masking) * length * perPosition;
  const total = pairs.flat().reduce((sum, each) => sum + flops(each, size) - head, 0);
  return (3 * batch * total) / pairs.length;
}
