export * from "./analysis/importance.js";
export * from "./analysis/properties.js";
export * from "./architecture/canonical.js";
export * from "./architecture/cheapest.js";
export * from "./architecture/check.js";
export * from "./architecture/cost.js";
export * from "./architecture/formula.js";
export * from "./architecture/key.js";
export * from "./architecture/layout.js";
export * from "./architecture/live.js";
export * from "./architecture/name.js";
export * from "./architecture/named.js";
export * from "./architecture/references.js";
export * from "./architecture/schema.js";
export * from "./architecture/shape.js";
export * from "./architecture/simplify.js";
export * from "./errors.js";
export * from "./exitCodes.js";
export * from "./lowestLogit.js";
export * from "./modelSize.js";
export * from "./presets.js";
export * from "./random.js";
export * from "./settings/describe.js";
export * from "./settings/names.js";
export * from "./settings/pretraining.js";
export * from "./settings/retention.js";
export * from "./settings/search.js";
export { defaultEditWeights, defaultReinforcement, defaultScreening } from "./settings/strategy.js";
export * from "./settings/text.js";
export * from "./tasks.js";
export * from "./search/sample.js";
export * from "./search/searchSpace.js";
export * from "./search/backboneSpace.js";
export { kindChangeProbability } from "./search/mutate.js";
export * from "./search/priorities.js";
export * from "./search/strategies.js";
export { generationsSeen } from "./search/overlap.js";
export * from "./search/strategy.js";
export * from "./search/strategySettings.js";
export * from "./search/constrainedSpace.js";
export * from "./search/checkSpace.js";
export * from "./search/slotSpace.js";
export * from "./search/slotValues.js";
export * from "./search/runSearch.js";
export type { Evaluate, Evaluated, SearchEnd } from "./search/evaluator.js";
export { evolve, initialPopulation, selectParents, topK } from "./search/evolution.js";
export {
  mutateNew,
  newMutations,
  sampleNew,
  type ChooserOf,
  type Screening,
} from "./search/propose.js";
export { upperConfidenceBound } from "./search/screening.js";
export {
  logExpectedImprovement,
  pickByImprovement,
} from "./search/surrogate/expectedImprovement.js";
export {
  fitSurrogate,
  type Batch,
  type Prediction,
  type Surrogate,
} from "./search/surrogate/gaussianProcess.js";
export type { KernelParameters } from "./search/surrogate/kernel.js";
export type { Parameters as SurrogateParameters } from "./search/surrogate/parameters.js";
export { whenValid } from "./validation.js";
