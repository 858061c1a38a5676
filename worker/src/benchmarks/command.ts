import { readModel } from "../model/modelFile.js";
import { startEngine } from "../engine/start.js";
import { runGlue } from "./glue/run.js";
import { parseOptions, spansOf, tuningOf } from "./options.js";
import { runSquad } from "./squad/run.js";
import { summaryOf } from "./summary.js";
import type { BenchmarkProgress } from "./tuning.js";

const noteEveryMilliseconds = 10_000;

/** The outputs of the command: `print` for results, `note` for progress. */
export interface Lines {
  print: (line: string) => void;
  note: (line: string) => void;
}

/**
 * Runs `npm run benchmark`: reads the arguments and the model, runs GLUE or SQuAD, prints the
 * scores.
 * @throws OpnasError BAD_SETTING for arguments that do not fit; else as `readModel`, `startEngine`,
 *   `runGlue` and `runSquad`
 */
export async function benchmark(
  argv: readonly string[],
  { print, note }: Lines,
  stopped: () => boolean,
): Promise<void> {
  const options = parseOptions(argv);
  const model = await readModel(options.model);
  const tuning = tuningOf(options, model.size);
  const engine = await startEngine(options.engine, options.threads);
  note(`engine ${engine.name} ${engine.version}, ${engine.threads} threads`);
  const { out } = options;
  const input = { model, out, tuning, stopped, report: seldom(note) };
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

/** Reports progress at most every ten seconds, and at once when another training begins. */
function seldom(note: (line: string) => void): (progress: BenchmarkProgress) => void {
  let last = { training: "", time: 0 };
  return ({ task, learningRate, phase, done, total }) => {
    const training = `${task}, learning rate ${learningRate ?? "–"}, ${phase}`;
    const now = performance.now();
    if (training === last.training && now - last.time < noteEveryMilliseconds) return;
    last = { training, time: now };
    note(`${training}: ${done} of ${total}`);
  };
}
