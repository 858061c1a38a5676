import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterEach, beforeEach, describe, expect, test } from "vitest";

import { specialTokens } from "../vocabulary.js";
import { readVocabulary } from "./vocabularyFile.js";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "opnas-vocabulary-"));
});
afterEach(() => rm(folder, { recursive: true }));

async function read(content: string | Uint8Array, size = 10): Promise<string[]> {
  const path = join(folder, "vocab.txt");
  await writeFile(path, content);
  return readVocabulary({ name: "vocab.txt", path }, size);
}

describe("a vocabulary file", () => {
  test("has its special tokens moved to our ids, and is filled up to the size", async () => {
    const bert = ["[PAD]", "[unused0]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "the", "##s"];
    expect(await read(`${bert.join("\r\n")}\r\n`)).toEqual([
      ...specialTokens,
      "[unused0]",
      "the",
      "##s",
      "[unused1]",
      "[unused2]",
    ]);
  });

  test("has pieces of white space, as BERT's Chinese one; empty lines are unused pieces", async () => {
    const lines = [...specialTokens, "", "\u2028", "the", "", "\u3000"];
    expect(await read(`${lines.join("\n")}\n`)).toEqual([
      ...specialTokens,
      "\u2028",
      "the",
      "\u3000",
      "[unused0]",
      "[unused1]",
    ]);
  });

  test.each([
    ["[PAD]\n[UNK]\nthe", /lacks the special tokens \[CLS\], \[SEP\], \[MASK\]/],
    [`${specialTokens.join("\n")}\nthe\nthe`, /line 7 of vocab.txt repeats "the"/],
    [`${specialTokens.join("\n")}\na\nb\nc\nd\ne\nf`, /has 11 pieces.*set it to 11/],
    [Uint8Array.of(0xff, 0xfe, 0x41), /not a file of UTF-8 text/],
  ])("is refused as %j", async (content, message) => {
    await expect(read(content)).rejects.toMatchObject({ code: "BAD_INPUT" });
    await expect(read(content)).rejects.toThrow(message);
  });
});
