/** The proxy tasks; `worker` builds each from text held out by document (decision 0008). */
export const taskNames = [
  "mlm",
  "swap",
  "substitute",
  "preposition",
  "half-order",
  "definition",
  "far-swap",
  "recall",
  "reversal",
] as const;
export type TaskName = (typeof taskNames)[number];

/** The search strategies (docs/paper.md §3). */
export const strategyNames = [
  "opnas",
  "opnas-paper",
  "evolution",
  "local-search",
  "tpe",
  "random",
  "reinforcement",
] as const;
export type StrategyName = (typeof strategyNames)[number];

/** The models that screening predicts scores by (decision 0021). */
export const surrogates = ["linear", "gaussian-process"] as const;
export type SurrogateName = (typeof surrogates)[number];

/** The units that scores are measured in: points, or standard deviations of all scores so far. */
export const scoreUnits = ["points", "deviations"] as const;
export type ScoreUnit = (typeof scoreUnits)[number];

/** The kinds of change within an attention graph (docs/paper.md §3). */
export const editKinds = ["change", "insert", "delete", "rewire", "inputs"] as const;
export type EditKind = (typeof editKinds)[number];
