import type { RunPhase as StoredPhase, RunStatus as StoredStatus } from "@opnas/prisma";
import { registerEnumType } from "type-graphql";

export const RunStatus = {
  QUEUED: "QUEUED",
  RUNNING: "RUNNING",
  PAUSED: "PAUSED",
  DONE: "DONE",
  FAILED: "FAILED",
  CANCELLED: "CANCELLED",
} as const satisfies { [Name in StoredStatus]: Name };
export type RunStatus = StoredStatus;
registerEnumType(RunStatus, { name: "RunStatus" });

export const RunPhase = {
  PREPARING: "PREPARING",
  SUPERNET: "SUPERNET",
  SEARCHING: "SEARCHING",
  FINISHED: "FINISHED",
} as const satisfies { [Name in StoredPhase]: Name };
export type RunPhase = StoredPhase;
registerEnumType(RunPhase, { name: "RunPhase" });

/** Values as core and the rows have them. */
export enum StrategyName {
  OPNAS = "opnas",
  EVOLUTION = "evolution",
  RANDOM = "random",
  REINFORCEMENT = "reinforcement",
}
registerEnumType(StrategyName, {
  name: "StrategyName",
  valuesConfig: {
    OPNAS: { description: "Operation-priority evolution: operations are drawn by their UCB." },
    EVOLUTION: { description: "Plain evolution: operations are drawn uniformly." },
    RANDOM: { description: "Random search: every candidate is a fresh sample." },
    REINFORCEMENT: {
      description: "Reinforcement learning: a policy that draws operations learns by REINFORCE.",
    },
  },
});

export enum RunOrderField {
  CREATED_AT = "CREATED_AT",
  BEST_SCORE = "BEST_SCORE",
}
registerEnumType(RunOrderField, { name: "RunOrderField" });
