import { mkdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { writeTensors } from "../../files/safetensors.js";
import type { Tensors } from "../../model/tensors.js";

const rows = 256;
const [hidden, inner, length] = [8, 32, 16];

/** config.json of a BERT of one layer. */
export const bertConfig = {
  model_type: "bert",
  vocab_size: rows,
  hidden_size: hidden,
  num_hidden_layers: 1,
  num_attention_heads: 2,
  intermediate_size: inner,
  max_position_embeddings: length,
  type_vocab_size: 2,
  hidden_act: "gelu",
  layer_norm_eps: 1e-12,
};

/** Makes the tensors of a bare BERT of that configuration; all numbers are different. */
export function bertTensors(): Tensors {
  const tensors: Tensors = new Map();
  const add = (name: string, ...shape: number[]) => {
    const data = new Float32Array(shape.reduce((product, each) => product * each, 1));
    tensors.set(name, { shape, data: data.map((_, at) => tensors.size + at / 10_000) });
  };
  const linear = (name: string, from: number, to: number) => {
    add(`${name}.weight`, to, from);
    add(`${name}.bias`, to);
  };
  const norm = (name: string) => {
    add(`${name}.weight`, hidden);
    add(`${name}.bias`, hidden);
  };
  add("embeddings.word_embeddings.weight", rows, hidden);
  add("embeddings.position_embeddings.weight", length, hidden);
  add("embeddings.token_type_embeddings.weight", 2, hidden);
  norm("embeddings.LayerNorm");
  const layer = "encoder.layer.0";
  for (const name of ["query", "key", "value"]) {
    linear(`${layer}.attention.self.${name}`, hidden, hidden);
  }
  linear(`${layer}.attention.output.dense`, hidden, hidden);
  norm(`${layer}.attention.output.LayerNorm`);
  linear(`${layer}.intermediate.dense`, hidden, inner);
  linear(`${layer}.output.dense`, inner, hidden);
  norm(`${layer}.output.LayerNorm`);
  return tensors;
}

/** The parts of a folder that a test may change. */
interface Parts {
  config?: object;
  tensors?: Tensors;
  vocabulary?: string | null;
}

/** Writes a folder as transformers does; without a vocabulary if it is null. */
export async function writeBertFolder(folder: string, parts: Parts = {}): Promise<void> {
  const { config = bertConfig, tensors = bertTensors() } = parts;
  const usual = "[PAD]\n[unused0]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\nthe\ncat\n##s\n";
  const { vocabulary = usual } = parts;
  await mkdir(folder, { recursive: true });
  await writeFile(path.join(folder, "config.json"), JSON.stringify(config));
  await writeTensors(path.join(folder, "model.safetensors"), tensors);
  if (vocabulary !== null) await writeFile(path.join(folder, "vocab.txt"), vocabulary);
}
