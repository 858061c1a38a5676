import { randomUUID } from "node:crypto";
import type { Api } from "../api/client.js";
import { CliError, exitCodes } from "../api/error.js";
import {
  lossCurveDocument,
  pretrainDocument,
  pretrainingDocument,
  resumePretrainingDocument,
  type PretrainingState,
} from "../api/pretrainings.js";
import { print, say } from "../commands/output.js";
import { follow, type Followed } from "../follow/follow.js";
import { showProgress, timeLeft, type ProgressLine } from "../follow/progress.js";
import type { PretrainInput } from "../generated/graphql.js";

/** The options of the command `pretrain`. */
export interface PretrainOptions {
  architectureId: string;
  input: PretrainInput;
  /** The id of an earlier pre-training to follow instead; one that was stopped is resumed. */
  resume?: string | undefined;
  /** Start the pre-training, print its id and end. */
  detach?: boolean | undefined;
}

const stopped: readonly PretrainingState["status"][] = ["FAILED", "CANCELLED"];
const over: readonly PretrainingState["status"][] = ["DONE", ...stopped];

/**
 * Starts a pre-training, follows it to its end and prints the folder of its model. Progress goes to
 * standard error.
 *
 * @param signal aborted when the person interrupts: the pre-training goes on
 * @returns the exit code: 0 the pre-training is done, 1 it failed or was cancelled, 130 interrupted
 * @throws CliError when the input is refused or the platform stays away
 */
export async function runPretraining(
  api: Api,
  options: PretrainOptions,
  signal: AbortSignal,
): Promise<number> {
  const id = options.resume ?? (await start(api, options));
  if (options.resume !== undefined) await resumeIfStopped(api, id);
  if (options.detach === true) {
    print(id);
    return exitCodes.done;
  }
  const progress = showProgress(process.stderr, pretrainingLine);
  try {
    const state = await follow(api, followedPretraining(api, id), progress, signal);
    progress.stop();
    return report(state);
  } catch (error) {
    if (!signal.aborted) throw error;
    progress.stop();
    say(`Interrupted: the training goes on. Follow it again: opnas pretrain --resume ${id}`);
    return exitCodes.interrupted;
  } finally {
    progress.stop();
  }
}

async function start(api: Api, options: PretrainOptions): Promise<string> {
  const { architectureId } = options;
  const input = { ...options.input, idempotencyKey: randomUUID() };
  const answer = await api.requestOnce(pretrainDocument, { architectureId, input });
  say(`Training ${answer.pretrain.id} started.`);
  return answer.pretrain.id;
}

async function resumeIfStopped(api: Api, id: string): Promise<void> {
  const { status } = await read(api, id);
  if (stopped.includes(status)) {
    await api.request(resumePretrainingDocument, { id });
  }
}

/** Makes a pre-training followable: a new point of its loss curve makes a query read the state. */
function followedPretraining(api: Api, id: string): Followed<PretrainingState> {
  return {
    read: () => read(api, id),
    isOver: ({ status }) => over.includes(status),
    after: async function* ({ step }, signal) {
      const variables = { trainingId: id, after: step };
      const messages = api.subscribe(lossCurveDocument, variables, signal);
      for await (const { trainingMetrics } of messages) {
        if (trainingMetrics.length > 0) yield await read(api, id);
      }
    },
  };
}

async function read(api: Api, id: string): Promise<PretrainingState> {
  const { training } = await api.request(pretrainingDocument, { id });
  if (training === null) {
    throw new CliError(`There is no training ${id}.`, exitCodes.usage);
  }
  return training;
}

function pretrainingLine({ status, step, steps, etaSeconds, lastMetric }: PretrainingState) {
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

function report({ status, artifact, error }: PretrainingState): number {
  if (status === "DONE") {
    say("Done. The model's folder, below the data folder unless it is a whole path or address:");
    print(artifact ?? "");
    return exitCodes.done;
  }
  const reason = error ? `: ${error.message}` : ".";
  say(`The training ${status === "FAILED" ? "failed" : "was cancelled"}${reason}`);
  return exitCodes.failed;
}
