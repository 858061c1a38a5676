import type { RunPhase, StrategyName } from "@/generated/graphql";

export const phaseNames: Record<RunPhase, string> = {
  PREPARING: "Preparing",
  SUPERNET: "Super-net",
  SEARCHING: "Searching",
  FINISHED: "Finished",
};

/** The unit of `progress.done` and `progress.total` in each phase. */
export const phaseUnits: Record<RunPhase, string> = {
  PREPARING: "steps",
  SUPERNET: "steps",
  SEARCHING: "candidates",
  FINISHED: "candidates",
};

export const strategyLabels: Record<StrategyName, string> = {
  OPNAS: "OP-NAS",
  OPNAS_PAPER: "OP-NAS as in the paper",
  EVOLUTION: "Plain evolution",
  LOCAL_SEARCH: "Local search",
  TPE: "TPE (Parzen estimator)",
  RANDOM: "Random search",
  REINFORCEMENT: "Reinforcement learning",
};
