import { realpath, readdir, readFile, stat } from "node:fs/promises";
import { isAbsolute, join, relative, sep, extname } from "node:path";
import { OpnasError } from "@opnas/core";
import type { Document } from "../corpus.js";
import { documentsOfLines, documentsOf } from "./documents.js";

/**
 * Returns the real path of `name` below the folder of users' texts. Paths that lead elsewhere, also
 * by a link, are refused: starting a search must not give access to the rest of the disk.
 *
 * @throws OpnasError BAD_INPUT if there is no such folder or name, or if it leads out
 */
export async function resolveInTexts(texts: string, name: string): Promise<string> {
  const root = await realPath(
    texts,
    `The worker has no folder ${texts} for texts: make it and put "${name}" there, or set OPNAS_TEXT_DIR.`,
  );
  const path = await realPath(
    join(root, name),
    `There is no "${name}" in the worker's folder for texts, ${texts}.`,
  );
  const way = relative(root, path);
  if (way === "" || way === ".." || way.startsWith(`..${sep}`) || isAbsolute(way)) {
    throw new OpnasError(
      "BAD_INPUT",
      `"${name}" leads out of the worker's folder for texts, ${texts}: put the files themselves there, or set OPNAS_TEXT_DIR to where they are.`,
    );
  }
  return path;
}

async function realPath(path: string, otherwise: string): Promise<string> {
  try {
    return await realpath(path);
  } catch (error) {
    throw new OpnasError("BAD_INPUT", otherwise, { cause: error });
  }
}

/** Most bytes of all files of a text together (decision 0016 has its time and memory). */
export const mostBytes = 300e6;
/** Fewest documents: one for pre-training, one for training tasks, one for tests. */
const fewestDocuments = 3;

/** The documents of a user's text. */
export interface UserText {
  documents: Document[];
  /** Sentences that say which parts were left out and why. */
  remarks: string[];
}

interface TextFile {
  /** The path below the folder of users' texts, with "/". */
  name: string;
  path: string;
}

/**
 * Reads the documents of a user's folder: each .txt file, and the "text" of each line of a .jsonl
 * file; long ones in sections. Folders are read recursively, files in the order of their names.
 *
 * @param texts the folder of users' texts
 * @param folder a name below it
 * @param vocabularyFile a path that is never read as a document
 * @throws OpnasError BAD_INPUT naming the file or folder and what is wrong with it, TOO_LARGE
 */
export async function readUserText(
  texts: string,
  folder: string,
  vocabularyFile: string | undefined,
): Promise<UserText> {
  const { files, others } = await filesBelow(await resolveInTexts(texts, folder), folder);
  const wanted = files.filter(({ path }) => path !== vocabularyFile);
  await requireSize(wanted, folder);
  const documents: Document[] = [];
  const remarks = others > 0 ? [`${others} files are neither .txt nor .jsonl`] : [];
  let blank = 0;
  for (const { name, path } of wanted) {
    const text = decoded(await reading(name, () => readFile(path)), name);
    if (isLines(name)) {
      const lines = documentsOfLines(name, text);
      for (const document of lines.documents) documents.push(document);
      remarks.push(...lines.remarks);
    } else if (text.trim() === "") blank++;
    else documents.push(...documentsOf(name, text));
  }
  if (blank > 0) remarks.push(`${blank} .txt files hold no text`);
  if (documents.length < fewestDocuments) {
    throw new OpnasError(
      "BAD_INPUT",
      `"${folder}" has ${documents.length} documents in ${wanted.length} .txt and .jsonl files; at least ${fewestDocuments} are needed, and more are better: a .txt file is one, so is a line {"text": "…"} of a .jsonl file.`,
    );
  }
  return { documents, remarks };
}

/**
 * Lists the files below a folder; refuses links, which may lead out of the folder or in circles.
 */
async function filesBelow(path: string, folder: string) {
  const entries = await reading(folder, () =>
    readdir(path, { recursive: true, withFileTypes: true }),
  );
  const files: TextFile[] = [];
  let others = 0;
  for (const entry of entries) {
    const own = join(entry.parentPath, entry.name);
    const name = `${folder}/${relative(path, own).replaceAll(sep, "/")}`;
    if (entry.isSymbolicLink()) {
      throw new OpnasError(
        "BAD_INPUT",
        `${name} is a link, which texts must not have: put the file itself there.`,
      );
    }
    if (entry.isDirectory()) continue;
    if (entry.isFile() && isText(name)) files.push({ name, path: own });
    else others++;
  }
  files.sort((a, b) => (a.name < b.name ? -1 : 1));
  return { files, others };
}

async function requireSize(files: readonly TextFile[], folder: string): Promise<void> {
  let bytes = 0;
  for (const { name, path } of files) bytes += (await reading(name, () => stat(path))).size;
  if (bytes <= mostBytes) return;
  throw new OpnasError(
    "TOO_LARGE",
    `"${folder}" has ${megabytes(bytes)} of text; a search takes at most ${megabytes(mostBytes)}. Take a part of it.`,
  );
}

function megabytes(bytes: number): string {
  return `${Math.ceil(bytes / 1e6)} MB`;
}

function isText(name: string): boolean {
  return isLines(name) || extname(name).toLowerCase() === ".txt";
}

function isLines(name: string): boolean {
  return extname(name).toLowerCase() === ".jsonl";
}

function decoded(bytes: Buffer, name: string): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch (error) {
    throw new OpnasError("BAD_INPUT", `${name} is not UTF-8 text; convert it.`, { cause: error });
  }
}

/** Reads from the file system; throws BAD_INPUT in place of the file system's error. */
async function reading<T>(name: string, read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new OpnasError("BAD_INPUT", `"${name}" cannot be read: ${reason}.`, { cause: error });
  }
}
