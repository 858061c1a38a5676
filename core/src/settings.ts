import { z } from "zod";
import { leastCost } from "./architecture/cheapest.js";
import { modelSizeSchema } from "./modelSize.js";
import { whenValid } from "./validation.js";

/** Names of the scored tasks; `worker` builds each from text held out by document. */
export const taskNames = [
  "mlm",
  "swap",
  "substitute",
  "preposition",
  "half-order",
  "definition",
  "far-swap",
] as const;
export type TaskName = (typeof taskNames)[number];

export const strategyNames = ["opnas", "evolution", "random", "reinforcement"] as const;
export type StrategyName = (typeof strategyNames)[number];

export const scoreUnits = ["points", "deviations"] as const;
export type ScoreUnit = (typeof scoreUnits)[number];

/** The kinds of change within an attention graph (paper §3). */
export const editKinds = ["change", "insert", "delete", "rewire", "inputs"] as const;
export type EditKind = (typeof editKinds)[number];

const weight = z.number().min(0).max(1_000);

/** How often each kind of change is taken, relative to the others. */
const editWeightsSchema = z
  .strictObject({
    /** Another operation in the place of one. */
    change: weight,
    /** A new operation between a value and its use. */
    insert: weight,
    /** An operation taken out. */
    delete: weight,
    /** An argument reads another value. */
    rewire: weight,
    /** Another set of inputs. */
    inputs: weight,
  })
  .refine((weights) => editKinds.some((kind) => weights[kind] > 0), {
    error: "at least one kind of edit needs a weight above 0",
    when: whenValid,
  });

/** Six edits in ten place an operation, so priorities can guide them; lengths keep their balance. */
export const defaultEditWeights = { change: 4, insert: 2, delete: 2, rewire: 1, inputs: 1 };

/** A child ten points above the mean moves a draw's logit by half. */
export const defaultReinforcement = { learningRate: 0.05, baselineDecay: 0.9 };

/** The paper's own: the first mutation drawn is the child. */
export const defaultScreening = { draws: 1, alpha: 1 };

/** Any backbone of the size may be proposed. */
export const noLimits = { parameters: null, flops: null };

/** The text that comes with the platform, with a vocabulary trained on it. */
export const builtInText = { folder: null, vocabulary: null };

/** A file or folder below the worker's text folder: its name has no way out of it. */
const textName = z
  .string()
  .min(1)
  .max(300)
  .regex(/^[^\\:\p{Cc}]*$/u, { error: "it must be a plain name, without backslash or colon" })
  .refine((name) => name.split("/").every((part) => !["", ".", ".."].includes(part)), {
    error: "it must be a name within the worker's text folder: not absolute, no . or .. in it",
    when: whenValid,
  });

/** A text and its vocabulary, by their names below the worker's text folder. */
export const textSchema = z.strictObject({
  /** A folder of .txt and .jsonl files; null: the built-in text. */
  folder: textName.nullable().default(null),
  /** A WordPiece vocabulary, one piece a line; null: one is trained on the text. */
  vocabulary: textName.nullable().default(null),
});

const steps = z.int().min(0).max(1_000_000);
const learningRate = z.number().positive().max(1);

/** Everything a search depends on beside its seed. What the paper leaves open is a setting here. */
export const searchSettingsSchema = z
  .strictObject({
    strategy: z.enum(strategyNames),
    size: modelSizeSchema,
    /** Population kept, parents taken from its top, children of each (paper §3). */
    population: z.int().min(2).max(10_000),
    parents: z.int().min(1).max(1_000),
    childrenPerParent: z.int().min(1).max(1_000),
    /** Evolved generations after the initial population (generation 0). */
    generations: z.int().min(0).max(10_000),
    /**
     * Who is in the population: the best of all ever evaluated, or the youngest, whatever their
     * score. With tournaments and one child a generation the second is regularised evolution (Real
     * et al. 2019).
     */
    survivors: z.enum(["best", "youngest"]).default("best"),
    /**
     * How many of the population are drawn for each child, to take the best of them as its parent;
     * null: the `parents` best of all have children.
     */
    tournament: z.int().min(1).max(10_000).nullable().default(null),
    /**
     * What `ucb` and `reinforcement` count in: the score's own points, or standard deviations of
     * all scores so far, which fits scores of any scale.
     */
    scoreUnit: z.enum(scoreUnits).default("points"),
    /** Operation priorities (paper §3): u = mean score + alpha · √(2 ln N / N_i). */
    ucb: z.strictObject({
      /** Weight of exploration, in `scoreUnit`. */
      alpha: z.number().min(0).max(1_000),
      /** Of the softmax over u, in `scoreUnit`: lower is greedier. */
      temperature: z.number().min(0.001).max(1_000),
    }),
    /**
     * Beyond the paper (docs/decisions/0015), strategy `opnas`: each child is the most promising of
     * several mutations, by what their operations add to the score.
     */
    screening: z
      .strictObject({
        /** Mutations drawn for each child; 1 is the paper's algorithm. */
        draws: z.int().min(1).max(256),
        /** Weight of exploration, in standard deviations of the score. */
        alpha: z.number().min(0).max(100),
      })
      .default(defaultScreening),
    /** REINFORCE (strategy `reinforcement`). */
    reinforcement: z
      .strictObject({
        /** Of a log probability, by one `scoreUnit` of advantage. */
        learningRate: z.number().min(0).max(10),
        /** Of the moving mean of scores that a child's score is held against. */
        baselineDecay: z.number().min(0).max(1),
      })
      .default(defaultReinforcement),
    mutation: z.strictObject({
      /** Chance, for each layer of a child, that it changes kind (attention ↔ convolution). */
      layerKind: z.number().min(0).max(1),
      /** Intra-layer mutations of each child. */
      edits: z.int().min(1).max(16),
      /** Longest attention graph that sampling and mutation make. */
      maxNodes: z.int().min(2).max(24),
      editWeights: editWeightsSchema.default(defaultEditWeights),
    }),
    superNet: z.strictObject({
      steps,
      /**
       * "both": a step trains two complementary sub-networks, every layer's two branches once each
       * (BIWS, paper §4); "one": a single sub-network, to measure what the other brings.
       */
      branches: z.enum(["both", "one"]).default("both"),
      batch: z.int().min(1).max(4096),
      learningRate,
      warmup: z.number().min(0).max(1),
      checkpointEverySeconds: z.number().positive().max(86_400),
    }),
    /** A candidate's own steps after it inherited the super-net's weights. */
    candidate: z.strictObject({ steps, batch: z.int().min(1).max(4096), learningRate }),
    fineTune: z.strictObject({ steps, batch: z.int().min(1).max(4096), learningRate }),
    /**
     * The most that a proposed backbone may cost, as `parameterCount` and `flops` count; null: as
     * much as it likes.
     */
    limits: z
      .strictObject({
        parameters: z.number().positive().nullable().default(null),
        flops: z.number().positive().nullable().default(null),
      })
      .default(noLimits),
    /**
     * Whether the published backbones are evaluated beside the candidates, under the same protocol
     * (`referenceBackbones`). They are no part of what is searched, nor of its budget.
     */
    references: z.boolean().default(true),
    masking: z.number().min(0.01).max(0.9),
    /** What is read in place of the built-in text; names below the worker's OPNAS_TEXT_DIR. */
    text: textSchema.default(builtInText),
    /** Held-out sequences that a candidate is scored on, per task. */
    evaluationExamples: z.int().min(16).max(1_000_000),
    /** "mlm" must be among them: it also tells whether a candidate learned at all. */
    tasks: z.array(z.enum(taskNames)).refine((tasks) => tasks.includes("mlm"), {
      error: "tasks must include mlm",
      when: whenValid,
    }),
  })
  .superRefine(
    ({ size, limits, parents, population }, context) => {
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

/** Candidates that a search with these settings evaluates, all generations together. */
export function candidateCount(settings: SearchSettings): number {
  return settings.population + settings.generations * settings.parents * settings.childrenPerParent;
}
