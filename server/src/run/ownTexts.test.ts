import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { refuseMissingText } from "./ownTexts.js";

let textFolder: string;
beforeAll(async () => {
  textFolder = await mkdtemp(join(tmpdir(), "opnas-texts-"));
  await mkdir(join(textFolder, "poems"));
  await writeFile(join(textFolder, "poems", "vocab.txt"), "");
});
afterAll(() => rm(textFolder, { recursive: true }));

const path = ["input", "settings", "text"];
const owner = { teamIds: undefined };

test("a text that is not there is refused at its field, with the folders that there are", async () => {
  const missing = { folder: "poetry", vocabulary: null };
  await expect(refuseMissingText({ textFolder, ...owner }, missing, path)).rejects.toMatchObject({
    code: "BAD_INPUT",
    message: `input.settings.text.folder cannot be used: there is no folder “poetry” for a text in ${textFolder}. There are: poems.`,
    issues: [{ path: [...path, "folder"] }],
  });
  const vocabulary = { folder: "poems", vocabulary: "poems/words.txt" };
  await expect(refuseMissingText({ textFolder, ...owner }, vocabulary, path)).rejects.toMatchObject(
    {
      issues: [{ path: [...path, "vocabulary"] }],
    },
  );
});

test("a member of a team is not told the folders of others", async () => {
  const refused = refuseMissingText(
    { textFolder, teamIds: ["1"] },
    { folder: "poetry", vocabulary: null },
    path,
  );
  await expect(refused).rejects.toThrow(/no folder “poetry”/);
  await expect(refused).rejects.not.toThrow(/poems/);
});

test("what is there is let through, and anything where the folder is not known", async () => {
  const there = { folder: "poems", vocabulary: "poems/vocab.txt" };
  await refuseMissingText({ textFolder, ...owner }, there, path);
  await refuseMissingText({ textFolder, ...owner }, null, path);
  const missing = { folder: "poetry", vocabulary: null };
  await refuseMissingText({ textFolder: undefined, ...owner }, missing, path);
});
