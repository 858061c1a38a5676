import { existsSync } from "node:fs";
import { OpnasError, type ModelSize, type SearchSettings } from "@opnas/core";
import { evaluateCandidate } from "../candidate/evaluate.js";
import type { DataRequest, TextPlaces } from "../dataset/request.js";
import { prepareData, usesUserText, prepareUserText } from "../dataset/prepare.js";
import type { EngineName } from "../engine/choose.js";
import { readTensors, writeTensors } from "../files/safetensors.js";
import { removeWithDrafts } from "../files/writeAtomically.js";
import { writeModel } from "../model/modelFile.js";
import type { Tensors } from "../model/tensors.js";
import { microBatchesPerStep, pretrainModel } from "../pretraining/train.js";
import { skippedIn } from "../supernet/state.js";
import { trainSuperNet } from "../supernet/train.js";
import type { PreparedData } from "../text/types.js";
import { GradientThreads } from "../training/gradientThreads.js";
import type { Progress, Reply, Work } from "./protocol.js";

type SuperNetWork = Extract<Work, { type: "superNet" }>;
type EvaluateWork = Extract<Work, { type: "evaluate" }>;
type PretrainWork = Extract<Work, { type: "pretrain" }>;

/** The worker's hold on a piece of work: how it is stopped, and where its progress goes. */
interface WorkControl {
  signal: AbortSignal;
  onProgress: (progress: Progress) => void;
}

/** Sub-networks of a super-net's step; more threads than these would have nothing to do. */
const subNetworks = 2;

/** The work of a trainer process: super-nets, candidates and pre-trainings on its engine. */
export class TrainerWork {
  /** Read for the last request and likely to be read by the next: requests of a run follow one another. */
  private data: { key: string; value: PreparedData } | undefined;
  private superNet: { file: string; value: Tensors } | undefined;

  constructor(private readonly engine: EngineName) {}

  /**
   * Does a piece of work and returns the reply that ends it.
   * @throws OpnasError STOPPED once the signal is aborted, and what the work runs into
   */
  run(work: Work, control: WorkControl): Promise<Reply> {
    switch (work.type) {
      case "superNet":
        return this.trainSuperNet(work, control);
      case "evaluate":
        return this.evaluate(work, control);
      case "pretrain":
        return this.pretrain(work, control);
    }
  }

  private async trainSuperNet(work: SuperNetWork, control: WorkControl): Promise<Reply> {
    const { seed, settings } = work.run;
    const data = await this.dataOf(work, control);
    const resume = await checkpointIn(work.checkpointFile);
    const started = performance.now();
    const trained = await trainSuperNet({
      settings,
      seed,
      data,
      resume,
      startThreads: this.threadStarter(settings.size, Math.min(work.cores, subNetworks)),
      signal: control.signal,
      onProgress: (progress) => control.onProgress({ type: "progress", ...progress, note: null }),
      checkpoint: (tensors) => writeTensors(work.checkpointFile, tensors),
    });
    await writeTensors(work.resultFile, trained);
    await removeWithDrafts(work.checkpointFile);
    const seconds = (performance.now() - started) / 1000;
    const skipped = skippedIn(trained);
    return { type: "superNet", steps: settings.superNet.steps, seconds, skipped };
  }

  private async evaluate(work: EvaluateWork, control: WorkControl): Promise<Reply> {
    const { seed, settings } = work.run;
    const { architecture, key } = work;
    const result = await evaluateCandidate({
      architecture,
      key,
      settings,
      seed,
      data: await this.dataOf(work, control),
      superNet: await this.superNetIn(work.superNetFile),
      signal: control.signal,
    });
    return { type: "evaluate", result };
  }

  /**
   * The checkpoint stays: the worker may be killed before it has stored that the training is done,
   * and then another reports the whole loss curve from it once more.
   */
  private async pretrain(work: PretrainWork, control: WorkControl): Promise<Reply> {
    const { architecture, settings, seed, checkpointFile } = work;
    const { size, steps } = settings;
    const { vocabulary, length } = size;
    const request = { vocabulary, length, tasks: [], evaluationExamples: 0 };
    const data = await this.prepared(request, work.text, work.places, control);
    const weights = await pretrainModel({
      architecture,
      settings,
      seed,
      data,
      resume: await checkpointIn(checkpointFile),
      startThreads: this.threadStarter(size, Math.min(work.cores, microBatchesPerStep(settings))),
      signal: control.signal,
      onProgress: (step, points) =>
        control.onProgress({
          type: "progress",
          step,
          total: steps,
          loss: points.at(-1)?.loss ?? null,
          tokensPerSecond: points.at(-1)?.tokensPerSecond ?? 0,
          note: null,
          points: [...points],
        }),
      checkpoint: (tensors) => writeTensors(checkpointFile, tensors),
    });
    const model = { architecture, size, vocabulary: data.vocabulary, weights };
    await writeModel(work.modelFolder, model);
    return { type: "pretrain" };
  }

  private dataOf(work: SuperNetWork | EvaluateWork, control: WorkControl): Promise<PreparedData> {
    const { size, tasks, evaluationExamples, text } = work.run.settings;
    const { vocabulary, length } = size;
    const request = { vocabulary, length, tasks, evaluationExamples };
    return this.prepared(request, text, work.text, control);
  }

  private async prepared(
    request: DataRequest,
    text: SearchSettings["text"],
    places: TextPlaces,
    { signal, onProgress }: WorkControl,
  ): Promise<PreparedData> {
    const own = usesUserText(text) && { request, text, places };
    // A run keeps to its text, but another run may find the same folder changed.
    const key = JSON.stringify([request, own && places.keyFile]);
    if (this.data?.key === key) return this.data.value;
    const report = (note: string, fraction: number) => {
      if (signal.aborted) throw new OpnasError("STOPPED", "The text was not prepared to its end.");
      const step = Math.round(fraction * 100);
      onProgress({ type: "progress", step, total: 100, loss: null, tokensPerSecond: 0, note });
    };
    const value = await (own
      ? prepareUserText(own, report)
      : prepareData(request, places.cache, report));
    this.data = { key, value };
    return value;
  }

  private async superNetIn(file: string): Promise<Tensors> {
    if (this.superNet?.file !== file) this.superNet = { file, value: await readTensors(file) };
    return this.superNet.value;
  }

  /** Starts so many threads; this one works alone where others cannot be started. */
  private threadStarter(size: ModelSize, threads: number) {
    return async (weights: Tensors): Promise<GradientThreads> => {
      try {
        return await GradientThreads.start(this.engine, size, weights, threads);
      } catch (error) {
        console.error("This training runs on one core:", error);
        return GradientThreads.single(size, weights);
      }
    };
  }
}

async function checkpointIn(file: string): Promise<Tensors | undefined> {
  return existsSync(file) ? readTensors(file) : undefined;
}
