import { checksumOfModel, readModel } from "../model/modelFile.js";
import { startEngine } from "../engine/start.js";
import { checkWritable } from "../files/checkWritable.js";
import { runGlue } from "./glue/run.js";
import { ProgressReporter } from "../training/progress.js";
import { parseOptions, spansOf, tuningOf } from "./options.js";
import { runSquad } from "./squad/run.js";
import { summaryOf } from "./summary.js";
import type { BenchmarkProgress } from "./tuning.js";

const noteEveryMilliseconds = 10_000;

/** Outputs of a command: `print` for results, `note` for progress meanwhile. */
export interface Lines {
  print: (line: string) => void;
  note: (line: string) => void;
}

/**
 * Runs `npm run benchmark`: reads the arguments and the model, runs GLUE or SQuAD, prints the scores.
 * @throws OpnasError BAD_SETTING for arguments that do not fit; DATA_FOLDER_UNWRITABLE or DISK_FULL, before
 *   anything is trained, if nothing can be written to `--out`; STOPPED; else as `readModel`, `startEngine`,
 *   `runGlue` and `runSquad`
 */
export async function benchmark(
  argv: readonly string[],
  { print, note }: Lines,
  signal: AbortSignal,
): Promise<void> {
  const options = parseOptions(argv);
  await checkWritable(options.out);
  const model = await readModel(options.model);
  const tuning = tuningOf(options, model.size);
  const engine = await startEngine(options.engine, options.threads);
  note(`engine ${engine.name} ${engine.version}, ${engine.threads} threads`);
  const { out, keep } = options;
  const checksum = await checksumOfModel(options.model);
  const input = { model, checksum, keep, out, tuning, signal, onProgress: notes(note) };
  const result =
    options.glue === undefined
      ? await runSquad({ ...input, folder: options.squad ?? "", spans: spansOf(options, tuning) })
      : await runGlue({
          ...input,
          folder: options.glue,
          ...(options.tasks && { tasks: options.tasks }),
        });
  for (const line of summaryOf(result)) print(line);
  print(`written to ${out}`);
}

/** Notes a run's progress at most every ten seconds, and at once when another training begins. */
function notes(note: (line: string) => void): (progress: BenchmarkProgress) => void {
  let lastTraining = "";
  const trainingOf = ({ task, learningRate, phase }: BenchmarkProgress) =>
    `${task}, learning rate ${learningRate ?? "–"}, ${phase}`;
  const reporter = new ProgressReporter<BenchmarkProgress>((progress) => {
    lastTraining = trainingOf(progress);
    note(`${lastTraining}: ${progress.done} of ${progress.total}`);
  }, noteEveryMilliseconds);
  return (progress) => reporter.add(progress, trainingOf(progress) !== lastTraining);
}
