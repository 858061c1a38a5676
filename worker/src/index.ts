export {
  readModel,
  writeModel,
  type ModelDescription,
  type StoredModel,
} from "./artifacts/model.js";
export { readTensors, writeTensors } from "./artifacts/safetensors.js";
export { prepareData } from "./data/prepare.js";
export type { PreparedData } from "./data/types.js";
export { engineChoices, type EngineChoice } from "./engine/choose.js";
export { startEngine, type StartedEngine } from "./engine/start.js";
export type { NamedTensor, Tensors } from "./model/tensors.js";
export { trainSuperNet, type SuperNetInput, type SuperNetProgress } from "./supernet/train.js";
export {
  evaluateCandidate,
  trainAlone,
  type CandidateResult,
  type EvaluationInput,
  type Stability,
  type TaskScore,
} from "./training/evaluate.js";
