import path from "node:path";
import { type Architecture, checkArchitecture, type ModelSize } from "@opnas/core";
import { segmentTensor, tensorPlaces, transposed } from "@opnas/export";
import { z } from "zod";
import { buildBackbone } from "../model/backbone.js";
import { pairParameters, spanParameters } from "../model/parameters.js";
import type { FineTunedTask } from "../model/modelFile.js";
import type { Tensors } from "../model/tensors.js";
import { checkedSize } from "./bertConfig.js";
import type { Checkpoint } from "./checkpoint.js";
import { type ImportedModel, withMaskedHead } from "./importedModel.js";
import { gatheredRows, placesAndSegment } from "./tables.js";
import { readImportedVocabulary, specialNames } from "./vocabulary.js";

const count = z.int().min(1);

/** config.json of a model that `npm run export` wrote, as it is or as transformers saved it again. */
export const opnasConfigSchema = z.looseObject({
  model_type: z.literal("opnas"),
  vocab_size: count,
  hidden_size: count,
  num_attention_heads: count,
  max_position_embeddings: count,
  type_vocab_size: z.literal(2),
  raw_kernels: z.boolean(),
  layer_norm_eps: z.number().positive(),
  opnas_architecture: z.unknown(),
  finetuning_task: z.string().min(1).nullish(),
  id2label: z.record(z.string(), z.string()).nullish(),
});
export type OpnasConfig = z.infer<typeof opnasConfigSchema>;

/**
 * Reads a model of the platform's own that was exported to PyTorch, back again to the bit.
 * @throws OpnasError BAD_INPUT naming the file and the field or tensor at fault, BAD_ARCHITECTURE,
 *   CORRUPT_ARTIFACT
 */
export async function importOpnas(
  folder: string,
  config: OpnasConfig,
  checkpoint: Checkpoint,
): Promise<ImportedModel> {
  const architecture = checkArchitecture(config.opnas_architecture);
  const epsilon = config.layer_norm_eps;
  const size = checkedSize(path.join(folder, "config.json"), {
    layers: architecture.layers.length,
    hidden: config.hidden_size,
    heads: config.num_attention_heads,
    vocabulary: config.vocab_size,
    length: config.max_position_embeddings,
    rawKernels: config.raw_kernels,
    ...(epsilon !== 1e-12 && { normEpsilon: epsilon }),
  });
  const found = await readImportedVocabulary(folder, specialNames.opnas, size.vocabulary);
  const weights = await readWeights(checkpoint, architecture, size, found.rows);
  const { pieceForm: pieces, merges } = found;
  const read = { architecture, size, vocabulary: found.pieces, weights };
  const model = pieces === "byte-level" ? { ...read, pieces, merges } : read;
  const task = taskOf(config, weights);
  if (task !== undefined) {
    return { model: { ...model, task }, leftOut: checkpoint.left(), hasMaskedHead: true };
  }
  return withMaskedHead(model, checkpoint.left());
}

/** Returns the task of a fine-tuned model; undefined for one with a masked-word head. */
function taskOf(
  { finetuning_task: name, id2label }: OpnasConfig,
  weights: Tensors,
): FineTunedTask | undefined {
  if (name == null || weights.has("mlm.dense.weight")) return undefined;
  const [, classes = 1] = weights.get("classifier.weight")?.shape ?? [];
  const labels = Array.from({ length: classes }, (_, id) => id2label?.[id] ?? `LABEL_${id}`);
  return { name, labels: classes === 1 ? null : labels };
}

async function readWeights(
  checkpoint: Checkpoint,
  architecture: Architecture,
  size: ModelSize,
  rows: Int32Array,
): Promise<Tensors> {
  const backbone = buildBackbone(size, architecture, "once").parameters;
  const known = [...backbone, ...pairParameters(size), ...spanParameters(size)];
  const shapes = new Map<string, readonly (number | null)[]>([
    ...known.map(({ name, shape }) => [name, shape] as const),
    ["classifier.weight", [2 * size.hidden, null]],
    ["classifier.bias", [null]],
  ]);
  const needed = new Set(backbone.map(({ name }) => name).filter((name) => !/^mlm\./.test(name)));
  const weights: Tensors = new Map();
  for (const [to, { name, isTransposed }] of tensorPlaces(architecture)) {
    if (to === segmentTensor.from) continue;
    const from = name.replace(/^opnas\./, "");
    if (!needed.has(to) && !checkpoint.has(from)) continue;
    const shape = shapes.get(to) ?? [];
    const tensor = await checkpoint.read(from, isTransposed ? shape.toReversed() : shape);
    weights.set(to, isTransposed ? transposed(tensor) : tensor);
  }
  for (const name of ["embedding.token.weight", "mlm.decoder.bias"]) {
    const table = weights.get(name);
    if (table !== undefined) weights.set(name, gatheredRows(table, rows));
  }
  await readSegments(checkpoint, size, weights);
  return weights;
}

/** Reads the table of segments, which is all zeros for a model that was not trained on pairs. */
async function readSegments(
  checkpoint: Checkpoint,
  { hidden }: ModelSize,
  weights: Tensors,
): Promise<void> {
  const table = await checkpoint.read(segmentTensor.name.replace(/^opnas\./, ""), [2, hidden]);
  const positions = weights.get("embedding.position.weight");
  if (positions === undefined) return;
  const placed = placesAndSegment(positions, table);
  weights.set("embedding.position.weight", placed.positions);
  const isTrained = table.data.some((value) => value !== 0) || weights.has("nextSentence.weight");
  if (placed.second !== undefined && isTrained) weights.set(segmentTensor.from, placed.second);
}
