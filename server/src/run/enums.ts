import type {
  RunPhase as StoredPhase,
  RunStatus as StoredStatus,
  RunVisibility as StoredVisibility,
} from "@opnas/prisma";
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
registerEnumType(RunStatus, {
  name: "RunStatus",
  description: "The state of a run.",
  valuesConfig: {
    QUEUED: { description: "It waits for a worker." },
    RUNNING: { description: "Workers train and score for it." },
    PAUSED: { description: "It was paused and can be resumed." },
    DONE: { description: "Its budget of candidates is evaluated. It can be extended." },
    FAILED: { description: "An error ended it: see SearchRun.error. It can be resumed." },
    CANCELLED: { description: "It was cancelled. It can be resumed." },
  },
});

export const RunPhase = {
  PREPARING: "PREPARING",
  SUPERNET: "SUPERNET",
  SEARCHING: "SEARCHING",
  FINISHED: "FINISHED",
} as const satisfies { [Name in StoredPhase]: Name };
export type RunPhase = StoredPhase;
registerEnumType(RunPhase, {
  name: "RunPhase",
  description: "The part of its work that a run has reached.",
  valuesConfig: {
    PREPARING: { description: "Text and tasks are read and tokenized." },
    SUPERNET: { description: "The super-net is trained." },
    SEARCHING: { description: "Generations of candidates are proposed and evaluated." },
    FINISHED: { description: "All candidates are evaluated." },
  },
});

export const RunVisibility = {
  CURRENT: "CURRENT",
  ARCHIVED: "ARCHIVED",
  DELETED: "DELETED",
} as const satisfies { [Name in StoredVisibility]: Name };
export type RunVisibility = StoredVisibility;
registerEnumType(RunVisibility, {
  name: "RunVisibility",
  description: "The lists that a run is in.",
  valuesConfig: {
    CURRENT: { description: "It is listed." },
    ARCHIVED: { description: "It was archived: lists show it when they are asked to." },
    DELETED: {
      description: "It was deleted: it can be restored until its rows and files are removed.",
    },
  },
});

/** The search strategies; the values are those of core and of the rows. */
export enum StrategyName {
  OPNAS = "opnas",
  OPNAS_PAPER = "opnas-paper",
  EVOLUTION = "evolution",
  LOCAL_SEARCH = "local-search",
  TPE = "tpe",
  RANDOM = "random",
  REINFORCEMENT = "reinforcement",
}
registerEnumType(StrategyName, {
  name: "StrategyName",
  description: "The strategy that proposes candidates.",
  valuesConfig: {
    OPNAS: {
      description:
        "Operation-priority evolution: operations are sampled by their upper confidence bound (UCB), and a surrogate model screens the mutations.",
    },
    OPNAS_PAPER: {
      description: "Operation-priority evolution as in the paper, without screening.",
    },
    EVOLUTION: { description: "Plain evolution: operations are sampled uniformly." },
    LOCAL_SEARCH: {
      description: "Local search: neighbours of the best candidate are evaluated in random order.",
    },
    TPE: {
      description:
        "Tree-structured Parzen estimator: operations are sampled as they occur in good candidates.",
    },
    RANDOM: { description: "Random search: every candidate is a fresh sample." },
    REINFORCEMENT: {
      description:
        "Reinforcement learning: a policy that samples operations is trained by REINFORCE.",
    },
  },
});

export enum RunOrderField {
  CREATED_AT = "CREATED_AT",
  BEST_SCORE = "BEST_SCORE",
}
registerEnumType(RunOrderField, {
  name: "RunOrderField",
  description: "A value that runs are sorted by.",
  valuesConfig: {
    CREATED_AT: { description: "The time at which the run was started by its user." },
    BEST_SCORE: { description: "The highest score of its candidates, 0 to 100." },
  },
});
