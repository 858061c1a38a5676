import { createHash } from "node:crypto";
import { join } from "node:path";

import { readWordNetFiles } from "../tasks/wordnet.js";
import type { DataReport, DataRequest } from "./build.js";
import { buildAside } from "./buildAside.js";
import { readOrBuild } from "./cache.js";
import { readSpeeches, type Speech } from "./corpus.js";
import type { PreparedData } from "./types.js";
import { preparationVersion } from "./version.js";

/**
 * The text a search reads: vocabulary, pre-training sequences, tasks with their baselines. It
 * depends on the request and the texts alone, not on a run's seed, and is kept in `cacheFolder`;
 * a damaged file there is replaced.
 *
 * @throws OpnasError BAD_SETTING when the texts cannot give what is asked for, DISK_FULL,
 *   DATA_FOLDER_UNWRITABLE
 */
export async function prepareData(
  request: DataRequest,
  cacheFolder: string,
  report: DataReport = () => undefined,
): Promise<PreparedData> {
  const speeches = await readSpeeches();
  const path = join(cacheFolder, `text-${await contentKey(request, speeches)}.bin`);
  return readOrBuild(path, () => buildAside(request, speeches, report), report);
}

/** Names the data by all it depends on: the code's version, the request, the texts. */
async function contentKey(request: DataRequest, speeches: readonly Speech[]): Promise<string> {
  const hash = createHash("sha256");
  hash.update(
    JSON.stringify([
      preparationVersion,
      request.vocabulary,
      request.length,
      request.tasks,
      request.evaluationExamples,
    ]),
  );
  for (const { name, text } of speeches) hash.update(`\n${name}\n${text}`);
  if (request.tasks.includes("definition")) {
    for (const file of await readWordNetFiles()) hash.update(file);
  }
  return hash.digest("hex").slice(0, 24);
}
