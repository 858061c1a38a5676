interface Words {
  label: string;
  hint?: string;
}

/** Labels and hints of settings; one that is missing here is shown by its own name. */
const words: Record<string, Words> = {
  population: { label: "Population", hint: "Candidates of the first generation, and kept after." },
  parents: { label: "Parents", hint: "Best candidates that have children." },
  childrenPerParent: { label: "Children per parent" },
  generations: { label: "Generations", hint: "After the initial population." },
  survivors: { label: "Survivors", hint: "best of all, or youngest, whatever their score." },
  tournament: {
    label: "Tournament",
    hint: "Drawn for each child's parent; empty: the best of all.",
  },
  scoreUnit: {
    label: "Unit of the score",
    hint: "points, or deviations: standard deviations of all scores so far.",
  },
  masking: { label: "Masked tokens", hint: "Share from 0 to 1." },
  evaluationExamples: { label: "Scoring examples", hint: "Held-out sequences per task." },
  references: { label: "Score reference backbones too" },
  tasks: { label: "Scored tasks" },
  "text.folder": {
    label: "Own text (folder name)",
    hint: "In the worker's text folder; empty: the built-in text.",
  },
  "text.vocabulary": {
    label: "Vocabulary file",
    hint: "As BERT's vocab.txt; empty: one is trained.",
  },
  "size.layers": { label: "Layers" },
  "size.hidden": { label: "Hidden size", hint: "A multiple of the heads." },
  "size.heads": { label: "Heads" },
  "size.vocabulary": { label: "Vocabulary" },
  "size.length": { label: "Sequence length", hint: "In tokens." },
  "size.rawKernels": { label: "Convolution kernels without softmax" },
  "ucb.alpha": {
    label: "α, exploration",
    hint: "Weight of rarely tried operations, in the score's unit.",
  },
  "ucb.temperature": {
    label: "Temperature",
    hint: "Of the softmax over operations, in the score's unit.",
  },
  "screening.surrogate": { label: "Surrogate", hint: "The model that predicts scores." },
  "screening.draws": { label: "Mutations drawn per child", hint: "1 is the paper's algorithm." },
  "screening.alpha": { label: "α, exploration", hint: "Linear surrogate only, in deviations." },
  "reinforcement.learningRate": { label: "Learning rate", hint: "Per unit of advantage." },
  "reinforcement.baselineDecay": { label: "Baseline decay", hint: "Of the mean score, 0 to 1." },
  "mutation.kindChanges": { label: "Layer kind changes", hint: "Expected number per child." },
  "mutation.layerKind": { label: "Kind changes by layer", hint: "Added chance, 0 to 1 per layer." },
  "mutation.edits": { label: "Edits per child" },
  "mutation.maxNodes": { label: "Longest graph", hint: "In operations." },
  "limits.parameters": { label: "Most parameters", hint: "Nothing above is proposed." },
  "limits.flops": { label: "Most FLOPs", hint: "Of one sequence of full length." },
  "superNet.checkpointEverySeconds": { label: "Checkpoint every", hint: "In seconds." },
};

const lastPart: Record<string, Words> = {
  steps: { label: "Steps" },
  batch: { label: "Batch size" },
  learningRate: { label: "Learning rate", hint: "At its peak." },
  warmup: { label: "Warm-up", hint: "Share of the steps, 0 to 1." },
};

const groupTitles: Record<string, string> = {
  "": "Search and scoring",
  text: "Text",
  size: "Model size",
  ucb: "Operation priorities (UCB)",
  screening: "Screening of mutations (OP-NAS)",
  reinforcement: "Reinforcement learning",
  mutation: "Mutation",
  "mutation.editWeights": "Mutation: how often each edit is made",
  limits: "Limits",
  superNet: "Super-net training",
  candidate: "Candidate training",
  fineTune: "Fine-tuning",
};

export function settingWords(path: string): Words {
  const last = path.split(".").at(-1) ?? path;
  return words[path] ?? lastPart[last] ?? { label: spell(last) };
}

/** Returns the group of a setting: its path up to the last dot. */
export function groupOf(path: string): string {
  return path.split(".").slice(0, -1).join(".");
}

export function groupTitle(group: string): string {
  return groupTitles[group] ?? group.split(".").map(spell).join(": ");
}

/** Spells a name in words: "checkpointEverySeconds" → "Checkpoint every seconds". */
function spell(name: string): string {
  const spaced = name.replace(/([a-z])([A-Z])/g, "$1 $2").toLowerCase();
  return spaced.charAt(0).toUpperCase() + spaced.slice(1);
}
