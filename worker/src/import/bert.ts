import path from "node:path";
import { bertLayer, type ModelSize, withDepth } from "@opnas/core";
import { transposed } from "@opnas/export";
import { branchPrefix } from "../model/parameters.js";
import type { NamedTensor, Tensors } from "../model/tensors.js";
import { type BertConfig, firstPosition, sizeOf } from "./bertConfig.js";
import type { Checkpoint } from "./checkpoint.js";
import { type ImportedModel, withMaskedHead } from "./importedModel.js";
import { gatheredRows, lengthened, placesAndSegment, widened } from "./tables.js";
import { readImportedVocabulary, specialNames } from "./vocabulary.js";

/** The names of the masked-word head's parts. */
const maskedHeads = {
  bert: {
    dense: "cls.predictions.transform.dense",
    norm: "cls.predictions.transform.LayerNorm",
    bias: "cls.predictions.bias",
    decoder: "cls.predictions.decoder",
  },
  roberta: {
    dense: "lm_head.dense",
    norm: "lm_head.layer_norm",
    bias: "lm_head.bias",
    decoder: "lm_head.decoder",
  },
} as const;

/**
 * Reads a BERT or RoBERTa of transformers as a model with BERT's attention. Its tables get the order
 * of the platform's ids; heads that have an equal here come along.
 * @throws OpnasError BAD_INPUT naming the file and the field or tensor at fault, CORRUPT_ARTIFACT
 */
export async function importBert(
  folder: string,
  config: BertConfig,
  checkpoint: Checkpoint,
): Promise<ImportedModel> {
  const { model_type, vocab_size } = config;
  const size = sizeOf(path.join(folder, "config.json"), config);
  const vocabulary = await readImportedVocabulary(folder, specialNames[model_type], vocab_size);
  const reader = new BertReader(checkpoint, size, config, vocabulary.rows);
  const weights = await reader.weights();
  const model = {
    architecture: withDepth({ version: 1, layers: [bertLayer] }, size.layers),
    size,
    vocabulary: vocabulary.pieces,
    weights,
    pieces: vocabulary.pieceForm,
    merges: vocabulary.merges,
  };
  return withMaskedHead(model, checkpoint.left());
}

class BertReader {
  private readonly tensors: Tensors = new Map();

  constructor(
    private readonly checkpoint: Checkpoint,
    private readonly size: ModelSize,
    private readonly config: BertConfig,
    private readonly rows: Int32Array,
  ) {}

  async weights(): Promise<Tensors> {
    const { hidden } = this.size;
    const words = await this.embeddings();
    for (let index = 0; index < this.size.layers; index++) await this.layer(index);
    await this.maskedHead(words);
    if (this.checkpoint.has("cls.seq_relationship.weight")) await this.nextSentence();
    if (this.checkpoint.has("qa_outputs.weight"))
      await this.linear("span", "qa_outputs", hidden, 2);
    return this.tensors;
  }

  /** Reads the embeddings; returns the table of words in the checkpoint's order. */
  private async embeddings(): Promise<NamedTensor> {
    const { hidden } = this.size;
    const { vocab_size, max_position_embeddings, type_vocab_size } = this.config;
    const from = "embeddings";
    const words = await this.checkpoint.read(`${from}.word_embeddings.weight`, [
      vocab_size,
      hidden,
    ]);
    const positions = await this.checkpoint.read(`${from}.position_embeddings.weight`, [
      max_position_embeddings,
      hidden,
    ]);
    const types = await this.checkpoint.read(`${from}.token_type_embeddings.weight`, [
      type_vocab_size,
      hidden,
    ]);
    const first = firstPosition(this.config);
    const used = Int32Array.from({ length: this.size.length }, (_, at) => first + at);
    const placed = placesAndSegment(gatheredRows(positions, used), types);
    this.tensors.set("embedding.token.weight", gatheredRows(words, this.rows));
    this.tensors.set("embedding.position.weight", placed.positions);
    if (placed.second !== undefined) this.tensors.set("embedding.segment.weight", placed.second);
    await this.norm("embedding.norm", `${from}.LayerNorm`);
    return words;
  }

  private async layer(index: number): Promise<void> {
    const { hidden } = this.size;
    const inner = this.config.intermediate_size;
    const to = branchPrefix(index, "attention");
    const from = `encoder.layer.${index}`;
    for (const name of ["query", "key", "value"] as const) {
      await this.linear(
        `${to}.${name.charAt(0)}`,
        `${from}.attention.self.${name}`,
        hidden,
        hidden,
      );
    }
    await this.linear(`${to}.out`, `${from}.attention.output.dense`, hidden, hidden);
    await this.norm(`${to}.norm`, `${from}.attention.output.LayerNorm`);
    await this.linear(`${to}.ffn.in`, `${from}.intermediate.dense`, hidden, inner);
    await this.linear(`${to}.ffn.out`, `${from}.output.dense`, inner, hidden);
    await this.norm(`${to}.ffn.norm`, `${from}.output.LayerNorm`);
    this.widen(`${to}.ffn`);
  }

  /**
   * Brings a feed-forward block to the platform's width. What is added stays 0 in every training:
   * gelu(0) is 0, and so is each gradient.
   */
  private widen(ffn: string): void {
    const width = 4 * this.size.hidden;
    if (this.config.intermediate_size === width) return;
    const change = (name: string, how: (tensor: NamedTensor, width: number) => NamedTensor) => {
      const tensor = this.tensors.get(name);
      if (tensor !== undefined) this.tensors.set(name, how(tensor, width));
    };
    change(`${ffn}.in.weight`, widened);
    change(`${ffn}.in.bias`, lengthened);
    change(`${ffn}.out.weight`, lengthened);
  }

  /** Reads the masked-word head, unless its decoder is another table than the word embeddings. */
  private async maskedHead(words: NamedTensor): Promise<void> {
    const { hidden, vocabulary } = this.size;
    const names = maskedHeads[this.config.model_type];
    if (!this.checkpoint.has(`${names.dense}.weight`)) return;
    const decoder = `${names.decoder}.weight`;
    if (this.checkpoint.has(decoder)) {
      const table = await this.checkpoint.read(decoder, words.shape);
      if (table.data.some((value, at) => value !== words.data[at])) return;
    }
    await this.linear("mlm.dense", names.dense, hidden, hidden);
    await this.norm("mlm.norm", names.norm);
    const copy = `${names.decoder}.bias`;
    const bias = this.checkpoint.has(names.bias) ? names.bias : copy;
    const decoderBias = await this.checkpoint.read(bias, [vocabulary]);
    this.tensors.set("mlm.decoder.bias", gatheredRows(decoderBias, this.rows));
    if (this.checkpoint.has(copy)) await this.checkpoint.read(copy, [vocabulary]);
  }

  /** Reads the head of the next sentence, whose class 0 is the platform's 1: the sentence follows. */
  private async nextSentence(): Promise<void> {
    const { hidden } = this.size;
    await this.linear("pooler", "pooler.dense", hidden, hidden);
    const swapped = Int32Array.of(1, 0);
    const weight = await this.checkpoint.read("cls.seq_relationship.weight", [2, hidden]);
    const bias = await this.checkpoint.read("cls.seq_relationship.bias", [2]);
    this.tensors.set("nextSentence.weight", transposed(gatheredRows(weight, swapped)));
    this.tensors.set("nextSentence.bias", gatheredRows(bias, swapped));
  }

  private async linear(to: string, from: string, inputs: number, outputs: number): Promise<void> {
    const weight = await this.checkpoint.read(`${from}.weight`, [outputs, inputs]);
    this.tensors.set(`${to}.weight`, transposed(weight));
    this.tensors.set(`${to}.bias`, await this.checkpoint.read(`${from}.bias`, [outputs]));
  }

  private async norm(to: string, from: string): Promise<void> {
    const { hidden } = this.size;
    for (const part of ["weight", "bias"]) {
      this.tensors.set(`${to}.${part}`, await this.checkpoint.read(`${from}.${part}`, [hidden]));
    }
  }
}
