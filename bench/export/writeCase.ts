/** One backbone as files: the exported model, and the numbers that it must give. */
import { createWriteStream } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { type Architecture, type ModelSize, type Random, stream } from "@opnas/core";
import {
  configJson,
  type FloatTensor,
  modelingFile,
  modelingFileName,
  onnxFiles,
  pytorchTensors,
  segmentTensor,
  tfjsFiles,
} from "@opnas/export";
import { type Tensors, writeTensors } from "@opnas/worker";
import {
  type Backbone,
  buildBackbone,
  initialWeights,
  inScope,
  maskedLogits,
  type Tensor,
  tf,
  tokenBatch,
  upload,
  valueAndGradients,
  weightsOf,
} from "@opnas/worker/internals";

/** A backbone with its size, and what its weights and its batch follow from. */
export interface Case {
  architecture: Architecture;
  size: ModelSize;
  seed: number;
}

/** Writes a case's model in every format, and expected.safetensors, into a folder. */
export async function writeCase(folder: string, { architecture, size, seed }: Case): Promise<void> {
  const backbone = buildBackbone(size, architecture, "once");
  const weights = changed(initialWeights(backbone.parameters, seed), stream(seed, "weights"));
  await mkdir(folder, { recursive: true });
  await writeFile(path.join(folder, modelingFileName), modelingFile(architecture, size));
  const config = configJson(architecture, size, "OpnasForMaskedLM");
  await writeFile(path.join(folder, "config.json"), JSON.stringify(config));
  const model = { architecture, size, tensors: weights, modelClass: "OpnasForMaskedLM" } as const;
  for (const { name, pieces } of [...onnxFiles(model), ...tfjsFiles(model)]) {
    await pipeline(Readable.from(pieces), createWriteStream(path.join(folder, name)));
  }
  const exported = pytorchTensors(architecture, weights);
  await writeTensors(path.join(folder, "model.safetensors"), exported, { format: "pt" });
  const expected = compute(backbone, weights, batchOf(size, stream(seed, "batch")));
  const gradients = pytorchTensors(architecture, expected.gradients);
  // No sentence of the batch has a second segment, so that there is nothing to compare with.
  gradients.delete(segmentTensor.name);
  for (const [name, gradient] of gradients) expected.tensors.set(`gradient.${name}`, gradient);
  await writeTensors(path.join(folder, "expected.safetensors"), expected.tensors);
}

/** Changes biases and gains, which begin as 0 and 1, so that each counts. */
function changed(weights: Tensors, random: Random): Tensors {
  for (const [name, { data, shape }] of weights) {
    if (shape.length !== 1) continue;
    const begin = name.endsWith(".weight") ? 1 : 0;
    for (let at = 0; at < data.length; at++) data[at] = begin + 0.1 * random.normal();
  }
  return weights;
}

/** A padded batch: token ids, 1 at tokens and 0 at padding, and a loss's weights for each logit. */
interface Batch {
  rows: number;
  length: number;
  ids: Int32Array;
  keep: Float32Array;
  weights: Float32Array;
}

/** Makes sentences of the model's full length, of a random one, and of one token; or a single one. */
function batchOf({ length, vocabulary }: ModelSize, random: Random): Batch {
  const isSingle = random.int(4) === 0;
  const lengths = isSingle ? [length] : [length, 1 + random.int(length), 1];
  const rows = lengths.length;
  const ids = new Int32Array(rows * length);
  const keep = new Float32Array(rows * length);
  for (const [row, tokens] of lengths.entries()) {
    for (let at = 0; at < tokens; at++) {
      ids[row * length + at] = firstWordId + random.int(vocabulary - firstWordId);
      keep[row * length + at] = 1;
    }
  }
  const weights = Float32Array.from({ length: rows * length * vocabulary }, () => random.normal());
  return { rows, length, ids, keep, weights };
}

const firstWordId = 5;

/** Computes hidden states, logits, and the gradients of the weighted sum of real tokens' logits. */
function compute(backbone: Backbone, weights: Tensors, batch: Batch) {
  const { rows, length, ids, keep } = batch;
  const names = backbone.parameters.map(({ name }) => name);
  return inScope(() => {
    const uploaded = upload(weights, names);
    const on = weightsOf(uploaded);
    const tokens = tokenBatch(ids, rows, length);
    const places = tf.range(0, rows * length, 1, "int32");
    const logitsOf = (hidden: Tensor) => maskedLogits(on, [hidden], [places]);
    const hidden = backbone.encode(on, tokens);
    const logits = logitsOf(hidden); // [rows * length, vocabulary]
    const vocabulary = logits.shape[1] ?? 0;
    const lossWeights = tf
      .tensor2d(batch.weights, [rows * length, vocabulary])
      .mul(tf.tensor2d(keep, [rows * length, 1]));
    const loss = () => logitsOf(backbone.encode(on, tokens)).mul(lossWeights).sum();
    const found = valueAndGradients(loss, [...uploaded.values()]).gradients;
    const gradients = new Map(
      names.flatMap((name, at) => {
        const gradient = found[at];
        return gradient === undefined ? [] : [[name, onHost(gradient)] as const];
      }),
    );
    const tensors: Tensors = new Map([
      ["ids", { shape: [rows, length], data: Float32Array.from(ids) }],
      ["mask", { shape: [rows, length], data: keep }],
      ["weights", { shape: [rows, length, vocabulary], data: batch.weights }],
      ["hidden", onHost(hidden)],
      ["logits", onHost(logits.reshape([rows, length, vocabulary]))],
    ]);
    return { tensors, gradients };
  });
}

function onHost(tensor: Tensor): FloatTensor {
  return { shape: [...tensor.shape], data: Float32Array.from(tensor.dataSync()) };
}
