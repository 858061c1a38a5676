import { join } from "node:path";

import type { DataReport } from "./build.js";
import { buildDataInThread } from "./buildInThread.js";
import { readOrBuild } from "./cache.js";
import { contentKey } from "./contentKey.js";
import type { DataRequest } from "./request.js";
import { readSpeeches } from "../text/corpus.js";
import type { PreparedData } from "../text/types.js";

/**
 * The built-in text as a search reads it: vocabulary, pre-training sequences, tasks with their
 * baselines. It depends on the request and the texts alone, not on a run's seed, and is kept in
 * `cacheFolder`; a damaged file there is replaced.
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
  return readOrBuild(path, () => buildDataInThread(request, speeches, report), report);
}
