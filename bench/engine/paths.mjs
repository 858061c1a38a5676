/**
 * What each fast path brings: forward and gradient by our own kernels against the same from
 * TensorFlow.js's operations, at the shapes of `mini`, one thread, taking turns.
 *
 *   npm run bench:paths -- [--engine auto] [--rounds 15] [--json FILE]
 */
import { writeFile } from "node:fs/promises";
import { parseArgs } from "node:util";
import { startEngine } from "@opnas/worker";
import { hostLoops } from "../../worker/dist/engine/hostLoops.js";
import { tensorflowKernels } from "../../worker/dist/engine/kernels/tensorflow.js";
import { wasmKernels } from "../../worker/dist/engine/kernels/wasm.js";
import { kernels, tf } from "../../worker/dist/engine/tf.js";
import { spread } from "../spread.mjs";

const { values: options } = parseArgs({
  options: {
    engine: { type: "string", default: "auto" },
    rounds: { type: "string", default: "15" },
    json: { type: "string" },
  },
});
const plainLoops = hostLoops;
const engine = await startEngine(options.engine, 1);
const own = kernels;
const plain = engine.name === "wasm" ? wasmKernels(tf) : tensorflowKernels(tf, { fused: false });

// mini: batch 16 × length 64, hidden 128, four heads, vocabulary 4096, 154 hidden words.
const random = (...shape) => tf.randomNormal(shape, 0, 1, "float32", 1);
const [rows, hidden, vocabulary, words] = [1024, 128, 4096, 154];
const x = random(rows, hidden);
const wide = random(rows, 4 * hidden);
const gain = random(hidden);
const scores = random(16, 4, 64, 64);
const logits = random(words, vocabulary);
const labels = tf.range(0, words, 1, "int32");
const shares = tf.fill([words], 1 / words);
const ids = tf.range(0, rows, 1, "int32");
const weight = random(hidden, 4 * hidden);
const bias = random(4 * hidden);

const gradient = (run, ...inputs) => tf.grads((...given) => run(...given).sum())(inputs);
const paths = {
  gelu: (k) => gradient(k.gelu, wide),
  glu: (k) => gradient(k.glu, wide),
  logSigmoid: (k) => gradient(k.logSigmoid, scores),
  softsign: (k) => gradient(k.softsign, scores),
  layerNorm: (k) => gradient((x, g, s) => k.layerNorm(x, g, s, 1e-12), x, gain, gain),
  softmax: (k) => gradient((x) => k.softmax(x), scores),
  crossEntropy: (k) => gradient((x) => k.crossEntropy(x, labels, shares), logits),
};
/** Those that every kernel set has in its own way, by TensorFlow.js's operations. */
const pairs = {
  "linear layer": [() => own.affine(x, weight, bias, false), () => tf.matMul(x, weight).add(bias)],
  "sum of rows": [() => own.sumRows(wide), () => wide.sum(0)],
  "embedding gradient": [
    () => own.scatterRows(x, ids, vocabulary),
    () => tf.unsortedSegmentSum(x, ids, vocabulary),
  ],
};

const numbers = () => new Float32Array(1 << 20).fill(0.5);
const arrays = [numbers(), numbers(), numbers(), numbers()];
const loops = {
  "Adam, a million weights": (k) => k.adam(...arrays, 0.9, 0.98, 1e-9, 1e-8),
  "sum of squares": (k) => k.sumOfSquares(arrays[1]),
};

console.log(`${engine.name} ${engine.version}, one thread`);
const results = [
  ...Object.entries(paths).map(([name, run]) =>
    measured(
      name,
      () => finished(run(own)),
      () => finished(run(plain)),
    ),
  ),
  ...Object.entries(pairs).map(([name, [run, runPlain]]) =>
    measured(
      name,
      () => finished(run()),
      () => finished(runPlain()),
    ),
  ),
  ...Object.entries(loops).map(([name, run]) =>
    measured(
      name,
      () => run(hostLoops),
      () => run(plainLoops),
    ),
  ),
];
console.table(
  results.map(({ name, milliseconds, plainMilliseconds, ratio }) => ({
    path: name,
    ms: milliseconds.toFixed(3),
    "without, ms": plainMilliseconds.toFixed(3),
    "times as fast": ratio.median.toFixed(2),
    from: ratio.min.toFixed(2),
    to: ratio.max.toFixed(2),
  })),
);
if (options.json) {
  await writeFile(options.json, `${JSON.stringify({ engine: engine.name, results }, null, 2)}\n`);
}

/** Nothing is done before a result is read. */
function finished(results) {
  const tensors = [results].flat();
  tensors.at(-1).dataSync();
}

function measured(name, run, runPlain) {
  const [fast, slow] = [run, runPlain].map((each) => timer(each));
  const rounds = Array.from({ length: Number(options.rounds) }, () => [fast(), slow()]);
  return {
    name,
    milliseconds: spread(rounds.map(([ours]) => ours)).median,
    plainMilliseconds: spread(rounds.map(([, other]) => other)).median,
    ratio: spread(rounds.map(([ours, other]) => other / ours)),
  };
}

/** Milliseconds of one call, of as many as take about 30 ms. */
function timer(run) {
  const time = (count) => {
    const start = performance.now();
    for (let call = 0; call < count; call++) tf.tidy(run);
    return (performance.now() - start) / count;
  };
  time(3);
  const count = Math.max(1, Math.round(30 / time(3)));
  return () => time(count);
}
