import { OpnasError } from "./errors.js";
import { defaultFailures, noLimits, type SearchSettings } from "./settings/search.js";
import { defaultEditWeights } from "./settings/strategy.js";
import { builtInText } from "./settings/text.js";

/** Settings of a search under a name. */
export interface Preset {
  name: string;
  title: string;
  description: string;
  settings: SearchSettings;
}

/** Large generations, screened by a linear model: the default before decision 0027. */
const linear: SearchSettings = {
  strategy: "opnas",
  size: { layers: 3, hidden: 64, heads: 4, vocabulary: 3072, length: 32, rawKernels: false },
  population: 16,
  parents: 4,
  childrenPerParent: 4,
  generations: 5,
  inFlight: null,
  survivors: "best",
  tournament: null,
  scoreUnit: "deviations",
  ucb: { alpha: 1, temperature: 0.5 },
  screening: { surrogate: "linear", draws: 16, alpha: 2, spread: 1 },
  reinforcement: { learningRate: 1, baselineDecay: 0.9 },
  mutation: {
    kindChanges: 0,
    layerKind: 0.2,
    edits: 1,
    maxNodes: 12,
    editWeights: defaultEditWeights,
  },
  superNet: {
    steps: 4000,
    branches: "both",
    vanilla: 0,
    batch: 16,
    learningRate: 3e-3,
    warmup: 0.1,
    checkpointEverySeconds: 15,
  },
  candidate: { steps: 20, batch: 16, learningRate: 3e-4 },
  fineTune: { steps: 100, batch: 16, learningRate: 4e-3 },
  limits: noLimits,
  failures: defaultFailures,
  references: true,
  atOnce: null,
  sameEngine: false,
  evaluator: "platform",
  masking: 0.3,
  repeats: 0,
  reversals: 0,
  text: builtInText,
  evaluationExamples: 600,
  tasks: ["mlm", "swap", "substitute", "preposition", "half-order", "definition", "far-swap"],
};

/**
 * A small first population that is spread over the space, and small generations, of which a Gaussian
 * process picks each candidate: fewest evaluations on recorded tables (decisions 0021 and 0042) and
 * ahead in whole searches (decision 0027, with a first population of 8 as it came).
 */
const tiny: SearchSettings = {
  ...linear,
  population: 6,
  childrenPerParent: 1,
  generations: 22,
  screening: { ...linear.screening, surrogate: "gaussian-process", spread: 8 },
  mutation: { ...linear.mutation, kindChanges: 0.25, layerKind: 0 },
};

/** The presets, cheapest first. `smoke` shows that everything works; its scores mean little. */
export const presets: readonly Preset[] = [
  {
    name: "smoke",
    title: "Smoke",
    description: "A minute on two cores: every step of a search once, scores that mean little.",
    settings: {
      ...tiny,
      size: { layers: 2, hidden: 32, heads: 2, vocabulary: 1024, length: 32, rawKernels: false },
      population: 4,
      parents: 2,
      childrenPerParent: 2,
      generations: 2,
      superNet: { ...tiny.superNet, steps: 60, batch: 16, checkpointEverySeconds: 2 },
      candidate: { ...tiny.candidate, steps: 4, batch: 16 },
      fineTune: { ...tiny.fineTune, steps: 6, batch: 16 },
      evaluationExamples: 64,
    },
  },
  {
    name: "tiny",
    title: "Tiny",
    description: "A real search in minutes on two cores: 3 layers, hidden 64, 94 candidates.",
    settings: tiny,
  },
  {
    name: "reversal",
    title: "Reversal",
    description:
      "A search in minutes where attention pays: 2 layers, hidden 32, text whose second half is the first reversed, 94 candidates.",
    settings: {
      ...tiny,
      size: { layers: 2, hidden: 32, heads: 2, vocabulary: 512, length: 32, rawKernels: false },
      mutation: { ...tiny.mutation, maxNodes: 10 },
      superNet: { ...tiny.superNet, steps: 2000, batch: 16, learningRate: 4e-3, vanilla: 0.9 },
      candidate: { steps: 1000, batch: 16, learningRate: 4e-3 },
      masking: 0.2,
      reversals: 0.5,
      evaluationExamples: 400,
      tasks: ["mlm", "reversal"],
    },
  },
  {
    name: "tiny-linear",
    title: "Tiny, by a linear model",
    description:
      "The same budget in generations of 16, whose mutations a linear model screens: the preset Tiny as it was before, to repeat its searches.",
    settings: linear,
  },
];

/**
 * Returns the preset with a name.
 *
 * @throws OpnasError BAD_SETTING that lists the names, if there is none
 */
export function presetNamed(name: string): Preset {
  const preset = presets.find((each) => each.name === name);
  if (preset) return preset;
  const known = presets.map((each) => each.name).join(", ");
  throw new OpnasError("BAD_SETTING", `There is no preset ${name}. Choose one of: ${known}.`);
}
