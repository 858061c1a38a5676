import { isMissing } from "@opnas/artifacts";
import { OpnasError, type ModelSize, type SearchSettings } from "@opnas/core";
import { documentsWithoutPairs } from "../batches/sentencePairs.js";
import { evaluateCandidate } from "../candidate/evaluate.js";
import { loadState as candidateState } from "../candidate/state.js";
import type { DataRequest, TextPlaces } from "../dataset/request.js";
import { prepareData, usesUserText, prepareUserText } from "../dataset/prepare.js";
import type { EngineName } from "../engine/choose.js";
import { CheckpointFolder } from "../files/checkpointFolder.js";
import { writeTensors } from "../files/safetensors.js";
import { readTensors } from "../files/tensorFile.js";
import { modelWriters } from "../export/command.js";
import { modelClassOf, type WrittenModel } from "../export/pytorchFolder.js";
import { buildBackbone } from "../model/backbone.js";
import { readModel, writeModel } from "../model/modelFile.js";
import { backboneParameters, branchOf, type Parameter } from "../model/parameters.js";
import type { Tensors } from "../model/tensors.js";
import { loadState as pretrainState } from "../pretraining/state.js";
import { microBatchesPerStep, pretrainModel } from "../pretraining/train.js";
import { inherit } from "../supernet/inherit.js";
import { loadState as superNetState, skippedIn } from "../supernet/state.js";
import { trainSuperNet } from "../supernet/train.js";
import type { PreparedData } from "../text/types.js";
import { GradientThreads } from "../training/gradientThreads.js";
import type { Progress, Reply, Work } from "./protocol.js";

type SuperNetWork = Extract<Work, { type: "superNet" }>;
type EvaluateWork = Extract<Work, { type: "evaluate" }>;
type ExportWork = Extract<Work, { type: "export" }>;
type SliceOfSuperNet = Extract<ExportWork["model"], { from: "superNet" }>;
type PretrainWork = Extract<Work, { type: "pretrain" }>;

/** The worker's hold on a piece of work: how it is stopped, and where its progress goes. */
interface WorkControl {
  signal: AbortSignal;
  onProgress: (progress: Progress) => void;
  /** Receives the name of each checkpoint once it is written. */
  onSaved: (name: string) => void;
}

/** Sub-networks of a super-net's step; more threads than these would have nothing to do. */
const subNetworks = 2;

/** The work of a trainer process: super-nets, candidates and pre-trainings on its engine. */
export class TrainerWork {
  /** Read for the last request and likely to be read by the next: requests of a run follow one another. */
  private data: { key: string; value: PreparedData } | undefined;

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
      case "export":
        return this.export(work, control);
    }
  }

  private async trainSuperNet(work: SuperNetWork, control: WorkControl): Promise<Reply> {
    const { seed, settings } = work.run;
    const data = await this.dataOf(work, control);
    const checkpoints = new CheckpointFolder(work.checkpoints);
    const started = performance.now();
    const trained = await trainSuperNet({
      settings,
      seed,
      data,
      resume: await checkpoints.newest((tensors) => superNetState(tensors, settings.size)),
      startThreads: this.threadStarter(settings.size, Math.min(work.cores, subNetworks)),
      signal: control.signal,
      onProgress: (progress) => control.onProgress({ type: "progress", ...progress, note: null }),
      checkpoint: saving(checkpoints, control),
    });
    const checksum = await writeTensors(work.resultFile, trained);
    const seconds = (performance.now() - started) / 1000;
    const skipped = skippedIn(trained);
    return { type: "superNet", steps: settings.superNet.steps, seconds, skipped, checksum };
  }

  private async evaluate(work: EvaluateWork, control: WorkControl): Promise<Reply> {
    const { seed, settings } = work.run;
    const { architecture, key } = work;
    const data = await this.dataOf(work, control);
    const parameters = backboneParameters(settings.size, architecture.layers.map(branchOf));
    const checkpoints = new CheckpointFolder(work.checkpoints);
    const resume = await checkpoints.newest((tensors) => candidateState(tensors, parameters));
    const superNet = resume ? noTensors : await usable(inheritedTensors(work.superNet, parameters));
    if (superNet instanceof OpnasError) {
      return superNetUnusable(superNet);
    }
    const result = await evaluateCandidate({
      architecture,
      key,
      settings,
      seed,
      data,
      superNet,
      checkpoints: {
        resume,
        save: saving(checkpoints, control),
      },
      signal: control.signal,
    });
    return { type: "evaluate", result };
  }

  private async pretrain(work: PretrainWork, control: WorkControl): Promise<Reply> {
    const { architecture, settings, seed } = work;
    const checkpoints = new CheckpointFolder(work.checkpoints);
    const { size, steps } = settings;
    const { vocabulary, length } = size;
    const request = { vocabulary, length, tasks: [], evaluationExamples: 0 };
    const data = await this.prepared(request, work.text, work.places, control);
    warnOfUnusedDocuments(data, length);
    const weights = await pretrainModel({
      architecture,
      settings,
      seed,
      data,
      resume: await checkpoints.newest((tensors) => pretrainState(tensors, architecture, settings)),
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
      checkpoint: saving(checkpoints, control),
    });
    const model = { architecture, size, vocabulary: data.vocabulary, weights };
    return { type: "pretrain", checksum: await writeModel(work.modelFolder, model) };
  }

  private async export({ format, folder, model: from }: ExportWork, control: WorkControl) {
    const model =
      from.from === "folder" ? await readModel(from.folder) : await this.slice(from, control);
    if (model instanceof OpnasError) return superNetUnusable(model);
    const { signal } = control;
    if (signal.aborted) throw new OpnasError("STOPPED", "The export was stopped.");
    const files = await modelWriters[format](folder, model);
    const { architecture, size, weights } = model;
    const parameters = [...weights.values()].reduce((sum, { data }) => sum + data.length, 0);
    const modelClass = modelClassOf(weights);
    return { type: "export" as const, files, architecture, size, modelClass, parameters };
  }

  /** Makes a model of an architecture's share of a super-net; returns the reason where that is unusable. */
  private async slice(
    from: SliceOfSuperNet,
    control: WorkControl,
  ): Promise<WrittenModel | OpnasError> {
    const { run, architecture, superNet } = from;
    const { size } = run.settings;
    const { vocabulary } = await this.dataOf(from, control);
    const backbone = buildBackbone(size, architecture, "once");
    const tensors = await usable(inheritedTensors(superNet, backbone.parameters));
    if (tensors instanceof OpnasError) return tensors;
    return { architecture, size, weights: inherit(tensors, backbone), vocabulary };
  }

  private dataOf(
    work: Pick<EvaluateWork, "run" | "text">,
    control: WorkControl,
  ): Promise<PreparedData> {
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

function superNetUnusable({ message }: OpnasError) {
  return { type: "superNetUnusable" as const, reason: message };
}

/** An evaluation that resumes reads no super-net. */
const noTensors: Tensors = new Map();

/** Returns a function that writes a checkpoint and says so. */
function saving(checkpoints: CheckpointFolder, { onSaved }: WorkControl) {
  return async (tensors: Tensors, progress: number): Promise<void> => {
    onSaved(await checkpoints.save(tensors, progress));
  };
}

/** Reads the tensors of a super-net that a candidate with these parameters inherits. */
function inheritedTensors(
  { file, checksum }: EvaluateWork["superNet"],
  parameters: readonly Parameter[],
): Promise<Tensors> {
  const names = parameters.map(({ name }) => name);
  return readTensors(file, names, checksum);
}

/** Awaits tensors; returns the reason where their file is missing or damaged. */
async function usable(reading: Promise<Tensors>): Promise<Tensors | OpnasError> {
  try {
    return await reading;
  } catch (error) {
    if (isMissing(error)) return new OpnasError("CORRUPT_ARTIFACT", "Its file is missing.");
    if (error instanceof OpnasError && error.code === "CORRUPT_ARTIFACT") return error;
    throw error;
  }
}

/** Writes into the log how much of a text gives no sentence pairs; nothing where all of it does. */
function warnOfUnusedDocuments({ documents }: PreparedData, length: number): void {
  const unused = documentsWithoutPairs(documents, length);
  if (unused === 0) return;
  console.warn(
    `${unused} of ${documents.documents.length - 1} documents to train on give no sentence pair of ${length} tokens: they are shorter than about one and a half times that, or have no two sentences.`,
  );
}
