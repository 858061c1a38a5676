/**
 * Our side of the bench: one process, one engine in as many threads as asked for. Asked to prepare
 * a case, to train five steps from the common beginning and tell the losses, or to run steps and
 * tell the time.
 */
import { startEngine, writeTensors } from "@opnas/worker";
import { tf } from "../../worker/dist/engine/tf.js";
import { buildBackbone } from "../../worker/dist/model/backbone.js";
import { initialWeights } from "../../worker/dist/model/parameters.js";
import { sharedTensors } from "../../worker/dist/model/tensors.js";
import { superNetParameters } from "../../worker/dist/supernet/parameters.js";
import { newSuperNet } from "../../worker/dist/supernet/state.js";
import { superNetStep } from "../../worker/dist/supernet/train.js";
import { GradientSum, newAdam } from "../../worker/dist/training/adam.js";
import { Crew } from "../../worker/dist/training/gradientThreads.js";
import { trainStep } from "../../worker/dist/training/step.js";
import { architecturesOf, batchesOf, learningRate, models, partsOf } from "./cases.mjs";

const [choice, threads] = process.argv.slice(2);
const engine = await startEngine(choice, 1);
let current;

const handlers = {
  /** Writes the weights and batches for the peer. */
  async prepare({ model, kind, file }) {
    await current?.crew.end();
    const { size } = models[model];
    const steps = architecturesOf(kind, size);
    const parameters =
      kind === "superNet" ? superNetParameters(size) : buildBackbone(size, steps[0][0]).parameters;
    const batches = batchesOf(models[model]);
    const begin = initialWeights(parameters, 3);
    const weights = sharedTensors(begin);
    const crew = await Crew.start(engine.name, size, weights, Number(threads));
    const train = kind === "superNet" ? superNetTraining : modelTraining;
    current = { size, steps, batches, begin, weights, crew, train };
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
};

/** Back to the weights of the beginning. */
function restart() {
  const { begin, weights, train } = current;
  for (const [name, { data }] of weights) data.set(begin.get(name).data);
  Object.assign(current, { training: train(), done: 0 });
}

/** Two sub-networks, each on the whole batch. */
function superNetTraining() {
  const { size, weights, crew } = current;
  const state = { ...newSuperNet(size, 3), weights, adam: newAdam(weights) };
  return (subNetworks, batch) => superNetStep(crew, state, { subNetworks, batch }, learningRate);
}

/** One model, on halves of the batch. */
function modelTraining() {
  const { weights, crew } = current;
  const state = { weights, adam: newAdam(weights), summed: new GradientSum() };
  return ([architecture], batch) => {
    const lessons = partsOf(batch).map((part) => ({ architecture, use: "often", batch: part }));
    return trainStep(crew, state, lessons, learningRate).loss;
  };
}

function step() {
  const { steps, batches, training } = current;
  const at = current.done++;
  return training(steps[at % steps.length], batches[at % batches.length]);
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
