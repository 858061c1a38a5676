import { type ModelSize, trainedSizeSchema } from "@opnas/core";
import { z } from "zod";
import { badFile } from "./json.js";

const count = z.int().min(1);

/** config.json of a BERT or RoBERTa, as far as the backbone follows from it. */
export const bertConfigSchema = z.looseObject({
  model_type: z.enum(["bert", "roberta"]),
  vocab_size: count,
  hidden_size: count,
  num_hidden_layers: count,
  num_attention_heads: count,
  intermediate_size: count,
  max_position_embeddings: count,
  type_vocab_size: z.int().min(1).max(2).default(2),
  layer_norm_eps: z.number().positive().default(1e-12),
  pad_token_id: z.int().min(0).nullish(),
  hidden_act: z.literal("gelu", { error: (issue) => `${String(issue.input)} is not gelu` }),
  position_embedding_type: z
    .literal("absolute", { error: (issue) => `${String(issue.input)} is not absolute` })
    .default("absolute"),
  is_decoder: z.literal(false, { error: "a decoder's attention does not map" }).default(false),
});
/** config.json of a BERT or RoBERTa. */
export type BertConfig = z.infer<typeof bertConfigSchema>;

/**
 * Returns the first row of the table of positions that a token has: RoBERTa's begin after the
 * padding's.
 */
export function firstPosition({ model_type, pad_token_id }: BertConfig): number {
  return model_type === "bert" ? 0 : (pad_token_id ?? 1) + 1;
}

/** The fields of config.json from which a model's size follows. */
const fieldOf: Readonly<Record<string, string>> = {
  layers: "num_hidden_layers",
  hidden: "hidden_size",
  heads: "num_attention_heads",
  vocabulary: "vocab_size",
  length: "max_position_embeddings",
  normEpsilon: "layer_norm_eps",
};

/**
 * Returns the size of a model of that configuration.
 * @throws OpnasError BAD_INPUT naming the field that the platform's models cannot have
 */
export function sizeOf(file: string, config: BertConfig): ModelSize {
  const { hidden_size: hidden, intermediate_size: inner, layer_norm_eps: epsilon } = config;
  if (inner > 4 * hidden) {
    const most = `intermediate_size is ${inner}, more than 4 × hidden_size`;
    throw badFile(file, `${most}, which is the width of the platform's feed-forward block`);
  }
  return checkedSize(file, {
    layers: config.num_hidden_layers,
    hidden,
    heads: config.num_attention_heads,
    vocabulary: config.vocab_size,
    length: config.max_position_embeddings - firstPosition(config),
    rawKernels: false,
    ...(epsilon !== 1e-12 && { normEpsilon: epsilon }),
  });
}

/**
 * Checks a size.
 * @throws OpnasError BAD_INPUT naming the field of config.json that is out of range
 */
export function checkedSize(file: string, size: object): ModelSize {
  const parsed = trainedSizeSchema.safeParse(size);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const name = String(issue?.path[0]);
  throw badFile(file, `${fieldOf[name] ?? name}: ${issue?.message ?? "not valid"}`);
}
