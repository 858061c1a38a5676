import { z } from "zod";
import { leastCost } from "../architecture/cheapest.js";
import { modelSizeSchema } from "../modelSize.js";
import { whenValid } from "../validation.js";
import { scoreUnits, strategyNames, taskNames } from "./names.js";
import {
  defaultReinforcement,
  defaultScreening,
  mutationSchema,
  reinforcementSchema,
  screeningSchema,
  ucbSchema,
} from "./strategy.js";
import { builtInText, textSchema } from "./text.js";
import { candidateSchema, commonFields, fineTuneSchema, superNetSchema } from "./training.js";

/** Highest limit of the candidates of one search that are evaluated at once. */
export const mostAtOnce = 256;

/** Limits that allow any backbone of the size. */
export const noLimits = { parameters: null, flops: null };

/** Most that a proposed backbone may cost, as `parameterCount` and `flops` count. */
const limitsSchema = z.strictObject({
  parameters: z.number().positive().nullable().default(null).meta({
    title: "Most parameters",
    description:
      "Most trained values that a proposed model has, embeddings included, above 0; empty: no limit.",
  }),
  flops: z.number().positive().nullable().default(null).meta({
    title: "Most FLOPs",
    description:
      "Most floating-point operations of one forward pass over one sequence of full length, above 0; empty: no limit.",
  }),
});

/** Failures that a search bears where its settings name none. */
export const defaultFailures = { share: 0.2 };

/** Failed candidates that a run bears before it fails itself. */
const failuresSchema = z.strictObject({
  share: z.number().min(0).max(1).default(defaultFailures.share).meta({
    title: "Failed candidates",
    description:
      "Share of the proposed candidates that may fail for good before the run fails, 0 (the first ends it) to 1 (none does); above 0, a single one never ends it. A failed candidate counts as score 0 in the search.",
  }),
});

/**
 * Every setting of a search, beside its seed. The paper leaves many of them open
 * (decision 0019). `describeSettings("search")` lists them with their descriptions.
 */
export const searchSettingsSchema = z
  .strictObject({
    strategy: z.enum(strategyNames).meta({
      title: "Strategy",
      description:
        "Search strategy: opnas (operation-priority evolution, screened as set), opnas-paper (the same without screening), evolution, local-search, tpe (tree-structured Parzen estimator), random or reinforcement.",
    }),
    size: modelSizeSchema.meta({
      title: "Model size",
      description: "Size of the models that are searched.",
    }),
    population: z.int().min(2).max(10_000).meta({
      title: "Population",
      description:
        "Candidates of the initial population; later, the members that parents are chosen from.",
    }),
    parents: z.int().min(1).max(1_000).meta({
      title: "Parents",
      description: "Parents of a generation; not more than the population.",
    }),
    childrenPerParent: z.int().min(1).max(1_000).meta({
      title: "Children per parent",
      description: "Children of each parent in a generation.",
    }),
    generations: z.int().min(0).max(10_000).meta({
      title: "Generations",
      description: "Evolved generations after the initial population (generation 0).",
    }),
    inFlight: z.int().min(1).max(10_000).nullable().default(null).meta({
      title: "Candidates in flight",
      description:
        "Most candidates of evolved generations that may lack a score: a generation is proposed as soon as there is room for all of it, from the scores of the generations before those, so that workers need not wait for the slowest of one. One and a half times the workers' slots keep most of them busy, where the first population has as many as there are slots. It changes what is proposed, but the same number always gives the same search. Not for the strategy reinforcement. Empty: a generation is proposed when the one before is evaluated.",
    }),
    survivors: z.enum(["best", "youngest"]).default("best").meta({
      title: "Survivors",
      description:
        "Members of the population: best of all ever evaluated, or youngest whatever their score. With tournaments and one child a generation, youngest is regularised evolution (Real et al. 2019).",
    }),
    tournament: z.int().min(1).max(10_000).nullable().default(null).meta({
      title: "Tournament size",
      description:
        "Members of the population sampled for each child, of which the best becomes its parent; empty: the parents are the best of the whole population.",
    }),
    scoreUnit: z.enum(scoreUnits).default("points").meta({
      title: "Unit of the score",
      description:
        "Unit in which operation priorities and reinforcement learning measure scores: points of the score, or deviations (standard deviations of all scores so far), which fits scores of any scale.",
    }),
    ucb: ucbSchema.meta({
      title: "Operation priorities (UCB)",
      description:
        "Upper confidence bounds of operations, which guide mutations (strategies opnas and opnas-paper).",
    }),
    screening: screeningSchema.default(defaultScreening).meta({
      title: "Screening of mutations",
      description: "Choice among several mutations (strategy opnas); the paper does not have it.",
    }),
    reinforcement: reinforcementSchema.default(defaultReinforcement).meta({
      title: "Reinforcement learning",
      description: "REINFORCE with a moving mean as baseline (strategy reinforcement).",
    }),
    mutation: mutationSchema.meta({
      title: "Mutation",
      description: "Changes that make a child of its parent.",
    }),
    superNet: superNetSchema.meta({
      title: "Super-net training",
      description: "Training of the super-net whose weights candidates inherit.",
    }),
    candidate: candidateSchema.meta({
      title: "Candidate training",
      description: "Training of each candidate after it inherited the super-net's weights.",
    }),
    fineTune: fineTuneSchema.meta({
      title: "Fine-tuning",
      description: "Fine-tuning of each candidate on the tasks that need it.",
    }),
    limits: limitsSchema.default(noLimits).meta({
      title: "Limits",
      description: "Most that a proposed backbone may cost.",
    }),
    failures: failuresSchema.default(defaultFailures).meta({
      title: "Failures",
      description: "Failed candidates that a run bears.",
    }),
    references: z.boolean().default(true).meta({
      title: "Score reference backbones too",
      description:
        "Published backbones are evaluated beside the candidates under the same protocol; they are neither searched nor part of the budget.",
    }),
    atOnce: z.int().min(1).max(mostAtOnce).nullable().default(null).meta({
      title: "Candidates at once",
      description:
        "Most candidates of the search that are evaluated at once, over all workers; workers that look for some in the same moment may exceed it for a while, since each counts without the others. Empty: no limit. It changes no result.",
    }),
    sameEngine: z.boolean().default(false).meta({
      title: "One engine",
      description:
        "Whether the search is bound to the engine, its version and the type of processor of the worker that begins it, so that all its scores have the same bits as on one machine; others leave it alone, and it waits where none is left. Without it a search that several kinds of workers shared says so.",
    }),
    evaluator: z.enum(["platform", "external"]).default("platform").meta({
      title: "Evaluator",
      description:
        "Program that trains and scores candidates: platform (the workers, with a super-net), or external (a program of yours, which asks for candidates by proposeCandidates and tells their scores by reportScore; nothing is trained here).",
    }),
    masking: commonFields.masking,
    repeats: commonFields.repeats,
    reversals: commonFields.reversals,
    text: textSchema.default(builtInText).meta({
      title: "Text",
      description: "Text to train and score on, in the worker's text folder (OPNAS_TEXT_DIR).",
    }),
    evaluationExamples: z.int().min(16).max(1_000_000).meta({
      title: "Scoring examples",
      description: "Held-out examples that a candidate is scored on, per task.",
    }),
    tasks: z
      .array(z.enum(taskNames))
      .refine((tasks) => tasks.includes("mlm"), {
        error: "tasks must include mlm",
        when: whenValid,
      })
      .meta({
        title: "Scored tasks",
        description:
          "Proxy tasks whose mean is the score; mlm must be among them, since it also shows whether a candidate learned at all.",
      }),
  })
  .superRefine(
    ({ size, limits, parents, population, inFlight, strategy }, context) => {
      if (inFlight !== null && strategy === "reinforcement") {
        const message = "reinforcement learns from whole generations: leave inFlight out";
        context.addIssue({ code: "custom", path: ["inFlight"], message });
      }
      if (parents > population) {
        const message = "parents must not exceed population";
        context.addIssue({ code: "custom", path: ["parents"], message });
      }
      const least = leastCost(size);
      for (const cost of ["parameters", "flops"] as const) {
        const limit = limits[cost];
        if (limit === null || limit >= least[cost]) continue;
        const message = `no backbone of this size has so few: the cheapest has ${least[cost]} ${cost}`;
        context.addIssue({ code: "custom", path: ["limits", cost], message });
      }
    },
    { when: whenValid },
  );

export type SearchSettings = z.infer<typeof searchSettingsSchema>;

/** The number of candidates that a search with these settings evaluates, over all generations. */
export function candidateCount(settings: SearchSettings): number {
  return settings.population + settings.generations * settings.parents * settings.childrenPerParent;
}

/**
 * The number of candidates that may fail before a run with these settings fails, when so many were
 * proposed: one at least, unless the share is 0.
 */
export function bearableFailures(
  { failures: { share } }: SearchSettings,
  proposed: number,
): number {
  return share === 0 ? 0 : Math.max(1, Math.floor(share * proposed));
}

/**
 * Returns why the tasks of these settings cannot be scored, as the rest of a sentence; null if they can.
 * A repeated task would be trained and counted twice. No part of the schema: an older version stored such.
 */
export function repetitionOfTasks({ tasks }: SearchSettings): string | null {
  const repeated = tasks.find((task, index) => tasks.indexOf(task) !== index);
  return repeated === undefined ? null : `it has ${repeated} more than once`;
}

/** The most candidates of one search, over all generations: years of work for one machine. */
export const mostCandidates = 1_000_000;

/**
 * Returns why a search with these settings has more candidates than one may have, as the rest of a
 * sentence; null if it has not. No part of the schema: an older version stored larger ones.
 */
export function excessOfCandidates(settings: SearchSettings): string | null {
  const candidates = candidateCount(settings);
  if (candidates <= mostCandidates) return null;
  const { population, generations, parents, childrenPerParent } = settings;
  return `population ${population} and ${generations} generations of ${parents} × ${childrenPerParent} children make ${candidates} candidates, and a search may have ${mostCandidates}: lower one of them`;
}
