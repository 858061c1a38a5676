import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { describeError, toOpnasError } from "@opnas/core";
import { writeModel } from "../model/modelFile.js";
import { benchmark, type Lines } from "./command.js";
import { writeGlueFolder } from "./testing/glueFolder.js";
import { tinyModel } from "../model/testing/tinyModel.js";
import { writeSquadFolder } from "./testing/squadFolder.js";
import { usage } from "./options.js";

/** The first Ctrl-C stops between two steps; the second ends the process at once, as usual. */
const stop = new AbortController();
for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => stop.abort());

const argv = process.argv.slice(2);
if (argv.length === 0 || argv.includes("--help")) console.log(usage);
else {
  const lines = { print: console.log, note: console.error };
  const others = argv.filter((arg) => arg !== "--quick");
  const run = others.length < argv.length ? quickBenchmark : benchmark;
  run(others, lines, stop.signal).catch((error: unknown) => {
    console.error(describeError(error));
    process.exitCode = toOpnasError(error).code === "STOPPED" ? 130 : 1;
  });
}

/**
 * `npm run benchmark -- --quick`: runs some of GLUE and all of SQuAD for one epoch on made-up files,
 * with a tiny model that is not trained. It shows in seconds that everything runs; scores mean nothing.
 *
 * @param argv further options, among them `--out` if what is written is to be kept
 * @throws as `benchmark`
 */
async function quickBenchmark(
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
