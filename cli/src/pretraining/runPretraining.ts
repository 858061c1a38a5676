import {
  metricsAnswerSchema,
  pretrainedSchema,
  resumedTrainingSchema,
  trainingAnswerSchema,
  type TrainingState,
} from "../api/answers.js";
import type { Api } from "../api/client.js";
import {
  pretrainDocument,
  resumeTrainingDocument,
  trainingDocument,
  trainingMetricsDocument,
} from "../api/documents.js";
import { CliError, exitCodes } from "../api/error.js";
import type { PretrainInput } from "../generated/graphql.js";
import { follow, type Followed } from "../search/follow.js";
import { showProgress, timeLeft, type ProgressLine } from "../search/progress.js";

export interface PretrainOptions {
  architectureId: string;
  input: PretrainInput;
  /** Follow this training, started earlier, instead of a new one; one that was stopped goes on. */
  resume?: string | undefined;
  /** Only start it, and print its id. */
  detach?: boolean | undefined;
}

const stopped: readonly TrainingState["status"][] = ["FAILED", "CANCELLED"];
const over: readonly TrainingState["status"][] = ["DONE", ...stopped];

/**
 * Starts a pre-training, follows it to its end and prints the folder of its model. Progress goes to
 * standard error.
 *
 * @param signal aborted when the person interrupts: the training goes on
 * @returns the exit code: 0 the training is done, 1 it failed or was cancelled, 130 interrupted
 * @throws CliError
 */
export async function pretrain(
  api: Api,
  options: PretrainOptions,
  signal: AbortSignal,
): Promise<number> {
  const id = options.resume ?? (await start(api, options));
  if (options.resume !== undefined) await wake(api, id);
  if (options.detach === true) {
    process.stdout.write(`${id}\n`);
    return exitCodes.done;
  }
  const progress = showProgress(process.stderr, trainingLine);
  try {
    const training = await follow(api, trainingOf(api, id), progress, signal);
    progress.stop();
    return report(training);
  } catch (error) {
    if (!signal.aborted) throw error;
    progress.stop();
    say(`Interrupted: the training goes on. Follow it again: opnas pretrain --resume ${id}`);
    return exitCodes.interrupted;
  } finally {
    progress.stop();
  }
}

async function start(api: Api, { architectureId, input }: PretrainOptions): Promise<string> {
  const answer = await api.request(pretrainDocument, { architectureId, input }, pretrainedSchema);
  say(`Training ${answer.pretrain.id} started.`);
  return answer.pretrain.id;
}

async function wake(api: Api, id: string): Promise<void> {
  const { status } = await read(api, id);
  if (stopped.includes(status)) {
    await api.request(resumeTrainingDocument, { id }, resumedTrainingSchema);
  }
}

/** A training: a message of its loss curve tells that it went on, a query then how things stand. */
function trainingOf(api: Api, id: string): Followed<TrainingState> {
  return {
    read: () => read(api, id),
    isOver: ({ status }) => over.includes(status),
    after: async function* ({ step }, signal) {
      const variables = { trainingId: id, after: step };
      const messages = api.subscribe(
        trainingMetricsDocument,
        variables,
        metricsAnswerSchema,
        signal,
      );
      for await (const { trainingMetrics } of messages) {
        if (trainingMetrics.length > 0) yield await read(api, id);
      }
    },
  };
}

async function read(api: Api, id: string): Promise<TrainingState> {
  const { training } = await api.request(trainingDocument, { id }, trainingAnswerSchema);
  if (training === null || training === undefined) {
    throw new CliError(`There is no training ${id}.`, exitCodes.usage);
  }
  return training;
}

function trainingLine({ status, step, steps, etaSeconds, lastMetric }: TrainingState) {
  const loss = lastMetric
    ? `, loss ${lastMetric.maskedLoss.toFixed(3)} (words) + ${lastMetric.nextSentenceLoss.toFixed(3)} (sentences)`
    : "";
  return {
    fraction: step / steps,
    what: status === "QUEUED" ? "waits for a worker" : `step ${step} of ${steps}${loss}`,
    left: timeLeft(etaSeconds),
    stage: status,
  } satisfies ProgressLine;
}

function report({ status, artifact, error }: TrainingState): number {
  if (status === "DONE") {
    say("Done. The model's folder, below the data folder:");
    process.stdout.write(`${artifact ?? ""}\n`);
    return exitCodes.done;
  }
  const reason = error ? `: ${error.message}` : ".";
  say(`The training ${status === "FAILED" ? "failed" : "was cancelled"}${reason}`);
  return exitCodes.failed;
}

function say(line: string): void {
  process.stderr.write(`${line}\n`);
}
