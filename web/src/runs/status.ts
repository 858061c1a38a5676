import type { RunPhase, RunStatus, StrategyName } from "@/generated/graphql";
import type { Tone } from "@/ui/badge";

interface StatusLook {
  label: string;
  tone: Tone;
  dot: "still" | "pulsing";
}

export const statusLooks: Record<RunStatus, StatusLook> = {
  QUEUED: { label: "Queued", tone: "neutral", dot: "pulsing" },
  RUNNING: { label: "Running", tone: "accent", dot: "pulsing" },
  PAUSED: { label: "Paused", tone: "warn", dot: "still" },
  DONE: { label: "Done", tone: "good", dot: "still" },
  FAILED: { label: "Failed", tone: "bad", dot: "still" },
  CANCELLED: { label: "Cancelled", tone: "neutral", dot: "still" },
};

export const statuses: readonly RunStatus[] = [
  "RUNNING",
  "QUEUED",
  "PAUSED",
  "DONE",
  "FAILED",
  "CANCELLED",
];

export const activeStatuses: readonly RunStatus[] = ["QUEUED", "RUNNING", "PAUSED"];

export function isActive(status: RunStatus): boolean {
  return activeStatuses.includes(status);
}

export const phaseNames: Record<RunPhase, string> = {
  PREPARING: "Preparing",
  SUPERNET: "Super-net",
  SEARCHING: "Searching",
  FINISHED: "Finished",
};

/** What `progress.done` and `progress.total` count in each phase. */
export const phaseUnits: Record<RunPhase, string> = {
  PREPARING: "steps",
  SUPERNET: "steps",
  SEARCHING: "candidates",
  FINISHED: "candidates",
};

export const strategyLabels: Record<StrategyName, string> = {
  OPNAS: "OP-NAS",
  EVOLUTION: "Plain evolution",
  RANDOM: "Random search",
  REINFORCEMENT: "Reinforcement learning",
};
