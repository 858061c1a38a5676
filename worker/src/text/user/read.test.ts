import { mkdir, mkdtemp, rm, symlink, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

import { afterEach, beforeEach, describe, expect, test } from "vitest";

import { resolveInTexts, mostBytes, readUserText } from "./read.js";

let root: string;
let texts: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "opnas-own-"));
  texts = join(root, "text");
  await mkdir(texts);
});
afterEach(() => rm(root, { recursive: true }));

/** Files of the text "news". */
async function put(files: Record<string, string | Uint8Array>): Promise<void> {
  for (const [name, content] of Object.entries(files)) {
    const path = join(texts, "news", name);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, content);
  }
}

const read = (vocabularyFile?: string) => readUserText(texts, "news", vocabularyFile);

/** The text of each document. */
async function textsRead(): Promise<string[]> {
  return (await read()).documents.map(({ text }) => text);
}

const line = (text: string) => JSON.stringify({ text, other: 1 });

describe("a user's text", () => {
  test("is every .txt file and every line of a .jsonl file below the folder, by name", async () => {
    await put({
      "b.txt": "Second.",
      "a/z.TXT": "First\n\nof  all.",
      "c.jsonl": [line("Third."), "", line("Fourth.")].join("\r\n"),
    });
    const { documents, remarks } = await read();
    expect(documents).toEqual([
      { name: "news/a/z.TXT", text: "First of all." },
      { name: "news/b.txt", text: "Second." },
      { name: "news/c.jsonl:1", text: "Third." },
      { name: "news/c.jsonl:3", text: "Fourth." },
    ]);
    expect(remarks).toEqual([]);
  });

  test("keeps what is in brackets and drops only a byte order mark", async () => {
    await put({ "a.txt": "\uFEFFA [MASK] “b”.", "b.txt": "B", "c.txt": "Ünïcode ✓" });
    expect(await textsRead()).toEqual(['A [MASK] "b".', "B", "Ünïcode ✓"]);
  });

  test("has a long file in sections that end with a paragraph, none of it lost", async () => {
    const paragraphs = Array.from({ length: 900 }, (_, index) => `${index} ${"word ".repeat(40)}.`);
    await put({ "long.txt": paragraphs.join("\n\n") });
    const sections = await textsRead();
    expect(sections.length).toBeGreaterThan(3);
    for (const section of sections) expect(section).toMatch(/^\d+ word .*\.$/);
    expect(sections.join(" ")).toBe(paragraphs.join(" ").replace(/\s+/g, " "));
  });

  test("reports lines that cannot be read, files without text, and files of other kinds", async () => {
    const good = ["One.", "Two.", "Three.", " \t"].map(line);
    const lines = [...good, "{", '{"text": 5}', "[]"].join("\n");
    await put({ "a.jsonl": lines, "b.csv": "x", "c.txt": "\n", "d.txt": "" });
    const { documents, remarks } = await read();
    expect(documents).toHaveLength(3);
    expect(remarks).toEqual([
      "1 files are neither .txt nor .jsonl",
      "1 of 7 lines of news/a.jsonl hold no text",
      '3 of 7 lines of news/a.jsonl are not {"text": "…"}, the first is line 5',
      "2 .txt files hold no text",
    ]);
  });

  test("is refused where most lines of a .jsonl file are bad, naming it", async () => {
    await put({ "a.jsonl": [line("One."), '{"body": "x"}', "no"].join("\n"), "b.txt": "B" });
    await expect(read()).rejects.toMatchObject({ code: "BAD_INPUT" });
    await expect(read()).rejects.toThrow(/^2 of 3 lines of news\/a\.jsonl .* line 2\.$/);
  });

  test("is refused where it is not UTF-8, naming the file", async () => {
    await put({ "a.txt": "A", "b.txt": Uint8Array.of(0x66, 0xfc, 0x72), "c.txt": "C" });
    await expect(read()).rejects.toMatchObject({
      code: "BAD_INPUT",
      message: "news/b.txt is not UTF-8 text; convert it.",
    });
  });

  test("is refused without documents, with fewer than three, and when it is too large", async () => {
    await expect(read()).rejects.toThrow(/^There is no "news" in the worker's folder/);
    await put({ "a.md": "x", "b.txt": " \n" });
    await expect(read()).rejects.toThrow(/^"news" has 0 documents in 1 \.txt and \.jsonl files/);
    await put({ "b.txt": "x", "c.txt": "y" });
    await expect(read()).rejects.toMatchObject({ code: "BAD_INPUT" });
    await truncate(join(texts, "news", "b.txt"), mostBytes);
    await expect(read()).rejects.toMatchObject({ code: "TOO_LARGE" });
  });

  test("does not count its vocabulary file as a document", async () => {
    await put({ "a.txt": "A", "b.txt": "B", "c.txt": "C", "vocab.txt": "[PAD]" });
    const vocabulary = await resolveInTexts(texts, "news/vocab.txt");
    expect((await read(vocabulary)).documents.map(({ name }) => name)).not.toContain(
      "news/vocab.txt",
    );
  });
});

describe("the folder of users' texts", () => {
  test("cannot be left by a name", async () => {
    await writeFile(join(root, "secret.txt"), "x");
    for (const name of ["../secret.txt", "..", ".", "news/../../secret.txt"]) {
      await put({ "a.txt": "A" });
      await expect(resolveInTexts(texts, name)).rejects.toMatchObject({ code: "BAD_INPUT" });
      await expect(resolveInTexts(texts, name)).rejects.toThrow("leads out of");
    }
  });

  test("cannot be left by links", async () => {
    await put({ "a.txt": "A", "b.txt": "B", "c.txt": "C" });
    await mkdir(join(root, "elsewhere"));
    await writeFile(join(root, "elsewhere", "secret.txt"), "x");
    await symlink(join(root, "elsewhere"), join(texts, "out"));
    await expect(readUserText(texts, "out", undefined)).rejects.toThrow(/leads out of/);
    await expect(resolveInTexts(texts, "out/secret.txt")).rejects.toThrow(/leads out of/);
    for (const target of ["elsewhere", "elsewhere/secret.txt", "nowhere"]) {
      await symlink(join(root, target), join(texts, "news", "link.txt"));
      await expect(read()).rejects.toThrow("news/link.txt is a link");
      await rm(join(texts, "news", "link.txt"));
    }
  });

  test("may itself be a link, and is named if it is missing", async () => {
    await put({ "a.txt": "A" });
    await symlink(texts, join(root, "texts"));
    expect(await resolveInTexts(join(root, "texts"), "news/a.txt")).toMatch(/text\/news\/a\.txt$/);
    await expect(resolveInTexts(join(root, "none"), "news")).rejects.toThrow(/OPNAS_TEXT_DIR/);
  });
});
