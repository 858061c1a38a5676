import { join } from "node:path";

import type { DataReport } from "./build.js";
import { buildDataInThread } from "./buildInThread.js";
import { readOrBuild } from "./cache.js";
import { contentKey } from "./contentKey.js";
import type { DataRequest } from "./request.js";
import { readSpeeches } from "../text/corpus.js";
import type { PreparedData } from "../text/types.js";

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
