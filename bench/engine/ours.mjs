/**
 * Our side of the bench: one process, one engine. Asked to prepare a case, to train five steps from
 * the common beginning and tell the losses, or to run steps and tell the time.
 */
import { startEngine, writeTensors } from "@opnas/worker";
import { tf } from "../../worker/dist/engine/tf.js";
import { buildBackbone } from "../../worker/dist/model/backbone.js";
import { superNetParameters } from "../../worker/dist/supernet/parameters.js";
import { adamStep, addGradients, clip, newAdam } from "../../worker/dist/training/adam.js";
import { lossAndGradients } from "../../worker/dist/training/gradients.js";
import { maskedLanguageLoss } from "../../worker/dist/training/maskedLanguage.js";
import { initialWeights } from "../../worker/dist/model/parameters.js";
import { architecturesOf, batchesOf, learningRate, models } from "./cases.mjs";

const [choice, threads] = process.argv.slice(2);
const engine = await startEngine(choice, Number(threads));
let current;

const handlers = {
  /** Writes the weights and batches for the peer. */
  async prepare({ model, kind, file }) {
    const { size } = models[model];
    const steps = architecturesOf(kind, size);
    const use = kind === "superNet" ? "once" : "often";
    const [[first]] = steps;
    const parameters =
      kind === "superNet" ? superNetParameters(size) : buildBackbone(size, first).parameters;
    const batches = batchesOf(models[model]);
    const begin = initialWeights(parameters, 3);
    const backbones = steps.map((each) => each.map((one) => buildBackbone(size, one, use)));
    current = { size, steps, use, batches, begin, backbones };
    await writeTensors(file, new Map([...begin, ...batches.flatMap(batchTensors)]));
    restart();
  },
  losses({ count }) {
    restart();
    return Array.from({ length: count }, step);
  },
  run({ count }) {
    const start = performance.now();
    for (let index = 0; index < count; index++) step();
    return (performance.now() - start) / 1000;
  },
  memory: () => ({
    bytes: process.resourceUsage().maxRSS * 1024,
    residentBytes: process.memoryUsage.rss(),
    tensors: tf.memory().numTensors,
  }),
  /** GFLOP/s of a large matrix product: what the machine can do. */
  peak() {
    const n = 1024;
    const [a, b] = [tf.randomNormal([n, n]), tf.randomNormal([n, n])];
    const multiply = (times) => {
      const start = performance.now();
      for (let i = 0; i < times; i++) tf.matMul(a, b).dispose();
      return (2 * n ** 3 * times) / (performance.now() - start) / 1e6;
    };
    multiply(5);
    const speed = Math.max(...Array.from({ length: 5 }, () => multiply(10)));
    tf.dispose([a, b]);
    return speed;
  },
};

function restart() {
  const weights = new Map(
    [...current.begin].map(([name, { shape, data }]) => [name, { shape, data: data.slice() }]),
  );
  Object.assign(current, { weights, adam: newAdam(weights), done: 0 });
}

function step() {
  const { backbones, batches, weights, adam } = current;
  const pair = backbones[current.done % backbones.length];
  const batch = batches[current.done % batches.length];
  current.done++;
  const summed = new Map();
  let sum = 0;
  for (const backbone of pair) {
    const names = backbone.parameters.map(({ name }) => name);
    const { loss, gradients } = lossAndGradients(weights, names, (on) =>
      maskedLanguageLoss(backbone, on, batch),
    );
    if (!clip(gradients)) throw new Error("a gradient is not finite");
    addGradients(summed, gradients);
    sum += loss;
  }
  adamStep(weights, summed, adam, learningRate);
  return sum / pair.length;
}

function batchTensors({ ids, positions, targets, size, length }, index) {
  const tensor = (name, data, shape) => [
    `batch.${index}.${name}`,
    { shape, data: Float32Array.from(data) },
  ];
  return [
    tensor("ids", ids, [size, length]),
    tensor("positions", positions, [positions.length]),
    tensor("targets", targets, [targets.length]),
  ];
}

process.on("message", async ({ ask, ...what }) => {
  try {
    process.send({ answer: (await handlers[ask](what)) ?? null });
  } catch (error) {
    process.send({ error: error.stack });
  }
});
process.on("disconnect", () => process.exit(0));
process.send({ answer: engine });
