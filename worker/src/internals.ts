/**
 * The parts of the worker that measurements (bench) and tests of several packages use beside the public
 * entry. Nothing else imports from here.
 */
export { cacheFolder } from "../native/location.mjs";
export { candidateResultSchema, type CandidateResult } from "@opnas/prisma";
export { hostLoops, type HostLoops } from "./engine/hostLoops.js";
export { tensorflowKernels } from "./engine/kernels/tensorflow.js";
export { wasmKernels } from "./engine/kernels/wasm.js";
export { valueAndGradients } from "./engine/recording/recordable.js";
export { inScope, kernels, tf, type Kernels, type Tensor } from "./engine/tf.js";
export type { MaskedSequences } from "./batches/masked.js";
export { type Backbone, buildBackbone } from "./model/backbone.js";
export { initialWeights, pairParameters } from "./model/parameters.js";
export { tokenBatch } from "./model/batch.js";
export { classLogits, maskedLogits, spanLogits } from "./model/taskHeads.js";
export { sharedTensors, tensorNamed, upload, weightsOf } from "./model/tensors.js";
export { Proposals } from "./jobs/proposals.js";
export { CheckpointFolder } from "./files/checkpointFolder.js";
export { inherit } from "./supernet/inherit.js";
export { samplePair } from "./supernet/sample.js";
export {
  loadState,
  newSuperNet,
  saveState,
  superNetParameters,
  trainedTensors,
  type SuperNetState,
} from "./supernet/state.js";
export { superNetStep } from "./supernet/train.js";
export { TrainerPool } from "./trainer/pool.js";
export { exportModel } from "./export/command.js";
export { importModel } from "./import/command.js";
export { benchmark } from "./benchmarks/command.js";
export { encodeRow, piecesOf } from "./benchmarks/encode.js";
export { forwardLines, Trainer } from "./trainer/trainer.js";
export { newAdam } from "./training/optimizer.js";
export { GradientThreads } from "./training/gradientThreads.js";
export { GradientSum, trainStep } from "./training/step.js";
export { idsOf, WordEncoder } from "./text/tokenizer.js";
export { trainVocabulary } from "./text/vocabulary.js";
export { splitWords } from "./text/words.js";
