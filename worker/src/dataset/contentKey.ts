import { createHash } from "node:crypto";

import { readWordNetFiles } from "../tasks/wordnet.js";
import type { DataRequest } from "./request.js";
import type { Document } from "../text/corpus.js";
import { preparationVersion } from "../text/version.js";

/**
 * Hashes everything that prepared data depends on (version, request, texts) to 24 hexadecimal
 * digits.
 */
export async function contentKey(
  request: DataRequest,
  documents: readonly Document[],
  vocabulary?: readonly string[],
): Promise<string> {
  const hash = createHash("sha256");
  hash.update(
    JSON.stringify([
      preparationVersion,
      request.vocabulary,
      request.length,
      request.tasks,
      request.evaluationExamples,
      vocabulary,
    ]),
  );
  for (const { name, text } of documents) hash.update(`\n${JSON.stringify(name)}\n`).update(text);
  if (request.tasks.includes("definition")) {
    for (const file of await readWordNetFiles()) hash.update(file);
  }
  return hash.digest("hex").slice(0, 24);
}
