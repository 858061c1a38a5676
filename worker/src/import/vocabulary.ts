import path from "node:path";
import { OpnasError } from "@opnas/core";
import { z } from "zod";
import type { ImportedPieces } from "../model/modelFile.js";
import { specialTokens } from "../text/vocabulary.js";
import { badFile, readJson, readText } from "./json.js";

const mapSchema = z.record(z.string(), z.int().min(0));
const tokenizerSchema = z.looseObject({
  normalizer: z
    .looseObject({
      type: z.string(),
      lowercase: z.boolean().default(true),
      strip_accents: z.boolean().nullish(),
      handle_chinese_chars: z.boolean().default(true),
    })
    .nullish(),
  pre_tokenizer: z
    .looseObject({ type: z.string(), add_prefix_space: z.boolean().default(true) })
    .nullish(),
  model: z.looseObject({
    // Files of older versions do not name it.
    type: z.string().default("WordPiece"),
    continuing_subword_prefix: z.string().nullish(),
    merges: z.array(z.union([z.string(), z.tuple([z.string(), z.string()])])).default([]),
    vocab: z.union([mapSchema, z.array(z.tuple([z.string(), z.number()]))]),
  }),
  added_tokens: z.array(z.looseObject({ id: z.int().min(0), content: z.string() })).default([]),
});
const tokenizerConfigSchema = z.looseObject({
  add_prefix_space: z.boolean().default(false),
  do_lower_case: z.boolean().default(true),
  strip_accents: z.boolean().nullish(),
  tokenize_chinese_chars: z.boolean().default(true),
});

/** Names of special tokens in the order of the platform's ids. */
export const specialNames = {
  bert: specialTokens,
  roberta: ["<pad>", "<unk>", "<s>", "</s>", "<mask>"],
  opnas: specialTokens,
} as const;

/** A vocabulary in the order of the platform's ids. */
export interface ImportedVocabulary {
  /** Pieces by the platform's ids: the special tokens, then the others in their own order. */
  pieces: string[];
  /** The row of the checkpoint's tables for each of the platform's ids. */
  rows: Int32Array;
  /** The tokenizer that they are of. */
  pieceForm: ImportedPieces;
  /** The pairs that a byte-level tokenizer merges, in order; left out for others. */
  merges?: string[];
}

/** Pieces by a checkpoint's ids. */
interface Found {
  file: string;
  byId: Map<number, string>;
  pieceForm: ImportedPieces;
  merges?: string[];
}

/**
 * Reads the vocabulary of a folder: tokenizer.json, or else vocab.txt, or vocab.json with merges.txt.
 * @param special the names of the special tokens, in the order of the platform's ids
 * @param size the number of rows of the checkpoint's tables; rows without a piece are [unused…]
 * @throws OpnasError BAD_INPUT
 */
export async function readImportedVocabulary(
  folder: string,
  special: readonly string[],
  size: number,
): Promise<ImportedVocabulary> {
  const found =
    (await fromTokenizer(path.join(folder, "tokenizer.json"))) ??
    (await fromLines(folder)) ??
    (await fromMap(folder));
  if (found === undefined) {
    const sentence = `${folder} has no vocabulary: it needs tokenizer.json, vocab.txt or vocab.json beside its weights.`;
    throw new OpnasError("BAD_INPUT", sentence);
  }
  return inOurOrder(found, special, size);
}

async function fromTokenizer(file: string): Promise<Found | undefined> {
  const parsed = await readJson(file, tokenizerSchema);
  if (parsed === undefined) return undefined;
  const { normalizer, pre_tokenizer, model, added_tokens } = parsed;
  const entries = Array.isArray(model.vocab)
    ? model.vocab.map(([piece], id) => [id, piece] as const)
    : Object.entries(model.vocab).map(([piece, id]) => [id, piece] as const);
  const added = added_tokens.map(({ id, content }) => [id, content] as const);
  const byId = new Map([...entries, ...added]);
  if (model.type === "BPE" && pre_tokenizer?.type === "ByteLevel" && normalizer == null) {
    const merges = model.merges.map((pair) => (typeof pair === "string" ? pair : pair.join(" ")));
    return { file, byId, ...byteForm(merges, pre_tokenizer.add_prefix_space) };
  }
  const prefix = model.continuing_subword_prefix ?? "##";
  const isBert =
    model.type === "WordPiece" && prefix === "##" && normalizer?.type === "BertNormalizer";
  return {
    file,
    byId,
    pieceForm: isBert
      ? bertForm(normalizer.lowercase, normalizer.strip_accents, normalizer.handle_chinese_chars)
      : "foreign",
  };
}

/** Returns the form of BERT's word pieces; others than its two usual ones are foreign. */
function bertForm(
  isLowered: boolean,
  stripAccents: boolean | null | undefined,
  splitsChinese: boolean,
): ImportedPieces {
  if (!splitsChinese || (stripAccents ?? isLowered) !== isLowered) return "foreign";
  return isLowered ? "bert-uncased" : "bert-cased";
}

/**
 * Returns the form of byte-level pieces; without merges, or with a space put before every text, they
 * are foreign.
 */
function byteForm(merges: string[], addsSpace: boolean): Pick<Found, "pieceForm" | "merges"> {
  if (merges.length === 0 || addsSpace) return { pieceForm: "foreign" };
  return { pieceForm: "byte-level", merges };
}

async function fromLines(folder: string): Promise<Found | undefined> {
  const file = path.join(folder, "vocab.txt");
  const text = await readText(file);
  if (text === undefined) return undefined;
  const lines = text.split(/\r?\n/);
  const byId = new Map([...lines.entries()].filter(([, piece]) => piece !== ""));
  const { do_lower_case, strip_accents, tokenize_chinese_chars } = await readSettings(folder);
  return { file, byId, pieceForm: bertForm(do_lower_case, strip_accents, tokenize_chinese_chars) };
}

async function fromMap(folder: string): Promise<Found | undefined> {
  const file = path.join(folder, "vocab.json");
  const map = await readJson(file, mapSchema);
  if (map === undefined) return undefined;
  const byId = new Map(Object.entries(map).map(([piece, id]) => [id, piece] as const));
  const lines = (await readText(path.join(folder, "merges.txt")))?.split(/\r?\n/) ?? [];
  const merges = lines.filter((line) => line !== "" && !line.startsWith("#version"));
  const { add_prefix_space } = await readSettings(folder);
  return { file, byId, ...byteForm(merges, add_prefix_space) };
}

/** Reads the settings of the tokenizer, or those that are usual. */
async function readSettings(folder: string): Promise<z.infer<typeof tokenizerConfigSchema>> {
  const file = path.join(folder, "tokenizer_config.json");
  return (await readJson(file, tokenizerConfigSchema)) ?? tokenizerConfigSchema.parse({});
}

const isSpecial = (piece: string) => specialTokens.some((special) => special === piece);

function inOurOrder(
  { file, byId, pieceForm, merges }: Found,
  special: readonly string[],
  size: number,
): ImportedVocabulary {
  const last = Math.max(...byId.keys());
  if (last >= size) {
    throw badFile(file, `it has a piece of id ${last}, but the weights have ${size} rows`);
  }
  const idOf = new Map([...byId].map(([id, piece]) => [piece, id]));
  const firsts = special.map((name) => {
    const id = idOf.get(name);
    if (id === undefined) throw badFile(file, `it lacks the special token ${name}`);
    return id;
  });
  const others = Array.from({ length: size }, (_, id) => id).filter((id) => !firsts.includes(id));
  const taken = new Set<string>([...specialTokens, ...byId.values()]);
  let unused = 0;
  const nextUnused = () => {
    let name: string;
    do name = `[unused${unused++}]`;
    while (taken.has(name));
    return name;
  };
  const pieces: string[] = [...specialTokens];
  for (const id of others) {
    const piece = byId.get(id);
    // A piece that occurs twice is found by its last id only.
    const isFound = piece !== undefined && idOf.get(piece) === id && !isSpecial(piece);
    pieces.push(isFound ? piece : nextUnused());
  }
  const rows = Int32Array.of(...firsts, ...others);
  return { pieces, rows, pieceForm, ...(merges && { merges }) };
}
