/** Titles of the groups of settings, by path; a group that is missing here is shown by its own name. */
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
  failures: "Failures",
  superNet: "Super-net training",
  candidate: "Candidate training",
  fineTune: "Fine-tuning",
};

/** Returns the group of a setting: its path up to the last dot. */
export function groupOf(path: string): string {
  return path.split(".").slice(0, -1).join(".");
}

export function groupTitle(group: string): string {
  return groupTitles[group] ?? group.split(".").map(spell).join(": ");
}

/** Spells a name in words: "checkpointEverySeconds" → "Checkpoint every seconds". */
export function spell(name: string): string {
  const spaced = name
    .replace(/([a-z])([A-Z])/g, "$1 $2")
    .replaceAll("-", " ")
    .toLowerCase();
  return spaced.charAt(0).toUpperCase() + spaced.slice(1);
}
