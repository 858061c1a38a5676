import type { RunStatus, Stability, TrainingStatus } from "@/generated/graphql";
import type { Tone } from "@/ui/badge";

interface StatusLook {
  label: string;
  /** Tone of the badge. */
  tone: Tone;
  dot: "still" | "pulsing";
}

interface ProgressLook extends StatusLook {
  /** Tone of the progress bar. */
  bar: "accent" | "good" | "bad" | "muted";
}

/** Labels and colours of the statuses of runs and pre-trainings. */
export const statusLooks: Record<RunStatus | TrainingStatus, ProgressLook> = {
  QUEUED: { label: "Queued", tone: "neutral", dot: "pulsing", bar: "muted" },
  RUNNING: { label: "Running", tone: "accent", dot: "pulsing", bar: "accent" },
  PAUSED: { label: "Paused", tone: "warn", dot: "still", bar: "muted" },
  DONE: { label: "Done", tone: "good", dot: "still", bar: "good" },
  FAILED: { label: "Failed", tone: "bad", dot: "still", bar: "bad" },
  CANCELLED: { label: "Cancelled", tone: "neutral", dot: "still", bar: "muted" },
};

const workerLooks: Readonly<Record<string, StatusLook>> = {
  starting: { label: "Starting", tone: "neutral", dot: "still" },
  idle: { label: "Idle", tone: "neutral", dot: "still" },
  busy: { label: "Busy", tone: "accent", dot: "pulsing" },
  resting: { label: "Resting", tone: "warn", dot: "still" },
  lost: { label: "Lost", tone: "warn", dot: "still" },
  stopped: { label: "Stopped", tone: "neutral", dot: "still" },
};

/** Returns label and colours of a worker's status; neutral ones for an unknown status. */
export function workerLook(status: string): StatusLook {
  return workerLooks[status] ?? { label: status, tone: "neutral", dot: "still" };
}

/** Labels and colours of candidates whose training failed. */
export const stabilityLooks = {
  NO_LEARNING: {
    label: "Learned nothing",
    title: "Training did not lower the loss below that of guessing by word frequency.",
    tone: "warn",
  },
  DIVERGED: {
    label: "Diverged",
    title: "Training ended in infinite or undefined values.",
    tone: "bad",
  },
} as const satisfies Record<
  Exclude<Stability, "STABLE">,
  { label: string; title: string; tone: Tone }
>;

export const statuses = [
  "RUNNING",
  "QUEUED",
  "PAUSED",
  "DONE",
  "FAILED",
  "CANCELLED",
] as const satisfies readonly RunStatus[];

export const activeStatuses: readonly RunStatus[] = ["QUEUED", "RUNNING", "PAUSED"];

export function isActive(status: RunStatus): boolean {
  return activeStatuses.includes(status);
}
