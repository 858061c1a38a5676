import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { writeModel } from "../model/modelFile.js";
import { benchmark, type Lines } from "./command.js";
import { writeGlueFolder } from "./testing/glueFolder.js";
import { tinyModel } from "../model/testing/tinyModel.js";
import { writeSquadFolder } from "./testing/squadFolder.js";

/**
 * `npm run benchmark -- --quick`: runs some of GLUE and all of SQuAD for one epoch on made-up files,
 * with a tiny model that is not trained. It shows in seconds that everything runs; scores mean nothing.
 *
 * @param argv further options, among them `--out` if what is written is to be kept
 * @throws as `benchmark`
 */
export async function quickBenchmark(
  argv: readonly string[],
  lines: Lines,
  signal: AbortSignal,
): Promise<void> {
  const work = await mkdtemp(path.join(tmpdir(), "opnas-benchmark-"));
  const at = (name: string) => path.join(work, name);
  const common = ["--model", at("model"), "--out", at("out"), "--threads", "1"];
  const training = ["--epochs", "1", "--learning-rates", "1e-3"];
  const glue = ["--glue", at("glue"), "--tasks", "CoLA,SST-2"];
  try {
    await writeModel(at("model"), tinyModel());
    await writeGlueFolder(at("glue"));
    await writeSquadFolder(at("squad"));
    for (const files of [glue, ["--squad", at("squad")]]) {
      await benchmark([...common, ...training, ...files, ...argv], lines, signal);
    }
  } finally {
    await rm(work, { recursive: true });
  }
}
