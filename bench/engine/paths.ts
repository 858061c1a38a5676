/** Measures each fast path by itself; run by `npm run bench:paths`. */
import { engineChoices, startEngine } from "@opnas/worker";
import {
  hostLoops,
  kernels,
  tensorflowKernels,
  tf,
  wasmKernels,
  type HostLoops,
  type Kernels,
  type Tensor,
} from "@opnas/worker/internals";
import { z } from "zod";
import { runBench, positive, whole } from "../common/command.ts";
import { item } from "../common/items.ts";
import { spread } from "../common/statistics.ts";

const about = `What each fast path brings: forward and gradient by our own kernels against the same from
TensorFlow.js's operations, at the shapes of mini, one thread, taking turns. --milliseconds is how long
one of the rounds takes, about.`;

/** One operation by our own kernels and without them; each call computes everything. */
interface Path {
  name: string;
  run: () => void;
  runPlain: () => void;
}

await runBench(
  {
    name: "bench:paths",
    about,
    options: {
      engine: z.enum(engineChoices).default("auto"),
      rounds: whole(1).default(15),
      milliseconds: positive.default(30),
    },
    quick: { rounds: "1", milliseconds: "1" },
  },
  async ({ rounds, milliseconds, ...options }) => {
    const plainLoops = hostLoops;
    const engine = await startEngine(options.engine, 1);
    console.log(`${engine.name} ${engine.version}, one thread`);
    const plain =
      engine.name === "wasm" ? wasmKernels(tf) : tensorflowKernels(tf, { fused: false });
    const all = [...kernelPaths(kernels, plain), ...loopPaths(hostLoops, plainLoops)];
    const results = all.map((path) => measured(path, rounds, milliseconds));
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
    return { engine: engine.name, results };
  },
);

/** Returns the paths of the engine's kernels. */
function kernelPaths(own: Kernels, plain: Kernels): Path[] {
  // mini: batch 16 × length 64, hidden 128, four heads, vocabulary 4096, 154 hidden words.
  const random = (...shape: number[]) => tf.randomNormal(shape, 0, 1, "float32", 1);
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

  const gradient = (run: (...given: Tensor[]) => Tensor, ...inputs: Tensor[]) =>
    tf.grads((...given: Tensor[]) => run(...given).sum())(inputs);
  const both = (name: string, run: (kernels: Kernels) => Tensor | Tensor[]): Path => {
    return { name, run: () => finish(run(own)), runPlain: () => finish(run(plain)) };
  };
  /**
   * Times the kernels that every kernel set has in its own way, against TensorFlow.js's operations.
   */
  const pair = (name: string, run: () => Tensor, runPlain: () => Tensor): Path => {
    return { name, run: () => finish(run()), runPlain: () => finish(runPlain()) };
  };
  return [
    both("gelu", (k) => gradient((x: Tensor) => k.gelu(x), wide)),
    both("glu", (k) => gradient((x: Tensor) => k.glu(x), wide)),
    both("logSigmoid", (k) => gradient((x: Tensor) => k.logSigmoid(x), scores)),
    both("softsign", (k) => gradient((x: Tensor) => k.softsign(x), scores)),
    both("layerNorm", (k) => {
      const norm = (x: Tensor, g: Tensor, s: Tensor) => k.layerNorm(x, g, s, 1e-12);
      return gradient(norm, x, gain, gain);
    }),
    both("softmax", (k) => gradient((x: Tensor) => k.softmax(x), scores)),
    both("crossEntropy", (k) => gradient((x: Tensor) => k.crossEntropy(x, labels, shares), logits)),
    pair(
      "linear layer",
      () => own.affine(x, weight, bias, false),
      () => tf.matMul(x, weight).add(bias),
    ),
    pair(
      "sum of rows",
      () => own.sumRows(wide),
      () => wide.sum(0),
    ),
    pair(
      "embedding gradient",
      () => own.scatterRows(x, ids, vocabulary),
      () => tf.unsortedSegmentSum(x, ids, vocabulary),
    ),
  ];
}

/** Returns the paths of the loops over the process's own memory. */
function loopPaths(own: HostLoops, plain: HostLoops): Path[] {
  const numbers = () => new Float32Array(1 << 20).fill(0.5);
  const [weight, gradient, mean, meanSquare] = [numbers(), numbers(), numbers(), numbers()];
  const both = (name: string, run: (loops: HostLoops) => void): Path => {
    return { name, run: () => run(own), runPlain: () => run(plain) };
  };
  return [
    both("Adam, a million weights", (loops) =>
      loops.adam(weight, gradient, mean, meanSquare, 0.9, 0.98, 1e-9, 1e-8),
    ),
    both("sum of squares", (loops) => void loops.sumOfSquares(gradient)),
  ];
}

/** Reads the last result: nothing is done before one is read. */
function finish(results: Tensor | Tensor[]): void {
  item([results].flat(), -1).dataSync();
}

function measured({ name, run, runPlain }: Path, rounds: number, milliseconds: number) {
  const [fast, slow] = [timer(run, milliseconds), timer(runPlain, milliseconds)];
  const times = Array.from({ length: rounds }, () => ({ ours: fast(), plain: slow() }));
  return {
    name,
    milliseconds: spread(times.map(({ ours }) => ours)).median,
    plainMilliseconds: spread(times.map(({ plain }) => plain)).median,
    ratio: spread(times.map(({ ours, plain }) => plain / ours)),
  };
}

/** Returns a function that times one call, of as many as take about the wanted milliseconds. */
function timer(run: () => void, wanted: number): () => number {
  const time = (count: number) => {
    const start = performance.now();
    for (let call = 0; call < count; call++) tf.tidy(run);
    return (performance.now() - start) / count;
  };
  time(3);
  const count = Math.max(1, Math.round(wanted / time(3)));
  return () => time(count);
}
