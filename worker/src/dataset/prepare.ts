import { join } from "node:path";
import { readFile } from "node:fs/promises";
import { OpnasError, type SearchSettings } from "@opnas/core";
import { type DataReport, buildData } from "./build.js";
import { buildDataInThread, buildUserTextInThread } from "./buildInThread.js";
import { readOrBuild, contentKey, readPrepared } from "./cache.js";
import type { DataRequest, TextPlaces, UserTextRequest } from "./request.js";
import { readSpeeches } from "../text/corpus.js";
import type { PreparedData } from "../text/types.js";
import { writeAtomically } from "../files/writeAtomically.js";
import { resolveInTexts, readUserText } from "../text/user/read.js";
import { readVocabulary } from "../text/user/vocabularyFile.js";

/**
 * Prepares the built-in text for a search: vocabulary, pre-training sequences, and tasks with their
 * baselines. The data follows from the request and the text alone, not from a run's seed, and is
 * cached in `cacheFolder`; a damaged file there is replaced.
 *
 * @throws OpnasError BAD_SETTING if the text cannot give what is asked for, DISK_FULL,
 *   DATA_FOLDER_UNWRITABLE
 */
export async function prepareData(
  request: DataRequest,
  cacheFolder: string,
  report: DataReport = () => undefined,
): Promise<PreparedData> {
  const speeches = await readSpeeches();
  const path = join(cacheFolder, `text-${await contentKey(request, speeches)}.bin`);
  return readOrBuild(path, () => buildDataInThread(request, speeches, report), report);
}

type TextSettings = SearchSettings["text"];

/** Returns true if these settings name a user's text or vocabulary. */
export function usesUserText({ folder, vocabulary }: TextSettings): boolean {
  return folder !== null || vocabulary !== null;
}

/**
 * Prepares a user's text for a search, as `prepareData` does the built-in one. A run that has begun
 * continues with the prepared data it began with, even if the folder has changed, as long as that
 * data is cached; every other run reads the folder, in a thread of its own.
 *
 * @throws OpnasError BAD_INPUT if the text cannot be used or is no longer the one the run began
 *   with, BAD_SETTING if it cannot give what is asked for, TOO_LARGE, DISK_FULL,
 *   DATA_FOLDER_UNWRITABLE
 */
export async function prepareUserText(
  userText: UserTextRequest,
  report: DataReport,
): Promise<PreparedData> {
  const key = await begunKey(userText.places);
  const begun =
    key === undefined ? undefined : await readPrepared(fileOf(userText.places, key), report);
  return begun ?? buildUserTextInThread(userText, report);
}

/**
 * Reads and prepares a user's text, or takes the prepared data of an equal text from the cache, in
 * the calling thread. Records the data's key as that of the run.
 * @throws OpnasError as `prepareUserText`
 */
export async function buildUserText(
  { request, text, places }: UserTextRequest,
  report: DataReport,
): Promise<PreparedData> {
  report(`Reading ${titleOf(text)}`, 0);
  const vocabularyFile =
    text.vocabulary === null
      ? undefined
      : { name: text.vocabulary, path: await resolveInTexts(places.own, text.vocabulary) };
  const vocabulary = vocabularyFile && (await readVocabulary(vocabularyFile, request.vocabulary));
  const { documents, remarks } =
    text.folder === null
      ? { documents: await readSpeeches(), remarks: [] }
      : await readUserText(places.own, text.folder, vocabularyFile?.path);

  const key = await contentKey(request, documents, vocabulary);
  const begun = await begunKey(places);
  if (begun !== undefined && begun !== key) {
    throw new OpnasError(
      "BAD_INPUT",
      `The files of ${titleOf(text)} are not as they were when this run began, and what was prepared then is gone: restore them, or start a new search.`,
    );
  }
  const about = `${titleOf(text)}, ${documents.length} documents`;
  const remark = remarks.length === 0 ? "" : `; left out: ${remarks.join("; ")}`;
  if (remark !== "") console.warn(`In ${about}${remark}.`);
  const say: DataReport = (message, fraction) => report(`${message} (${about}${remark})`, fraction);
  say("Looking among the texts prepared before", 0);
  const data = await readOrBuild(
    fileOf(places, key),
    () => buildData(request, documents, say, vocabulary),
    say,
  );
  await writeAtomically(places.keyFile, [key]);
  return data;
}

function titleOf({ folder, vocabulary }: TextSettings): string {
  const title = folder === null ? "the built-in text" : `text "${folder}"`;
  return vocabulary === null ? title : `${title} with vocabulary "${vocabulary}"`;
}

/** Returns the path of prepared data with this key. */
export function fileOf({ cache }: Pick<TextPlaces, "cache">, key: string): string {
  return join(cache, `text-${key}.bin`);
}

/** Reads the key of the prepared data that the run began with; undefined if it has not begun. */
export async function begunKey({
  keyFile,
}: Pick<TextPlaces, "keyFile">): Promise<string | undefined> {
  let key: string;
  try {
    key = await readFile(keyFile, "utf8");
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
    throw error;
  }
  if (/^[0-9a-f]{24}$/.test(key)) return key;
  throw new OpnasError("CORRUPT_ARTIFACT", `${keyFile} does not hold the key of a prepared text.`);
}
