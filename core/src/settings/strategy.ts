import { z } from "zod";
import { whenValid } from "../validation.js";
import { editKinds, surrogates } from "./names.js";

/**
 * Operations put in make up six edits in ten, so priorities can guide them; lengths stay balanced.
 */
export const defaultEditWeights = { change: 4, insert: 2, delete: 2, rewire: 1, inputs: 1 };

/** A child ten points above the baseline moves the logit of each action by half. */
export const defaultReinforcement = { learningRate: 0.05, baselineDecay: 0.9 };

/** The paper's algorithm: the first mutation sampled is the child. */
export const defaultScreening = { surrogate: "linear", draws: 1, alpha: 1, spread: 1 } as const;

/** Operation priorities (docs/paper.md §3): u = mean score + alpha · √(2 ln N / N_i). */
export const ucbSchema = z.strictObject({
  alpha: z.number().min(0).max(1_000).meta({
    title: "α, exploration",
    description:
      "Weight of the bonus for rarely tried operations, in the unit of the score; 0 only exploits.",
  }),
  temperature: z.number().min(0.001).max(1_000).meta({
    title: "Temperature",
    description:
      "Temperature of the softmax over the operations' upper confidence bounds, in the unit of the score; lower is greedier.",
  }),
});

/**
 * Screening of mutations (decisions 0015 and 0021), which the paper does not have: of several
 * mutations the most promising ones are evaluated, as a surrogate model of the score predicts.
 */
export const screeningSchema = z.strictObject({
  surrogate: z.enum(surrogates).default("linear").meta({
    title: "Surrogate",
    description:
      "Model that predicts scores: gaussian-process compares the mutations of all parents by expected improvement; linear those of each parent by an upper confidence bound.",
  }),
  draws: z.int().min(1).max(256).meta({
    title: "Mutations sampled per child",
    description:
      "Mutations sampled for each child, of which the most promising is evaluated; 1 is the paper's algorithm.",
  }),
  alpha: z.number().min(0).max(100).meta({
    title: "α, exploration",
    description:
      "Weight of uncertainty in the linear surrogate's bound, in standard deviations of the score; 0 only exploits.",
  }),
  spread: z.int().min(1).max(256).default(1).meta({
    title: "Samples per candidate of the initial population",
    description:
      "Architectures sampled for each candidate of the initial population, of which those least like one another are evaluated (surrogate gaussian-process); 1 takes them as they come.",
  }),
});

/** Policy gradients by REINFORCE (Williams 1992). */
export const reinforcementSchema = z.strictObject({
  learningRate: z.number().min(0).max(10).meta({
    title: "Learning rate",
    description: "Step of a log probability for an advantage of one unit of the score.",
  }),
  baselineDecay: z.number().min(0).max(1).meta({
    title: "Baseline decay",
    description:
      "Decay of the moving mean of scores that a child's score is compared with; 0 keeps the last score alone, 1 the mean of the initial population.",
  }),
});

const weight = z.number().min(0).max(1_000);

/** Relative frequency of each kind of edit of an attention graph; not all of them 0. */
const editWeightsSchema = z
  .strictObject({
    change: weight.meta({
      title: "Change an operation",
      description: "Relative frequency of putting another operation in the place of one.",
    }),
    insert: weight.meta({
      title: "Insert an operation",
      description: "Relative frequency of putting a new operation between a value and its use.",
    }),
    delete: weight.meta({
      title: "Delete an operation",
      description: "Relative frequency of taking an operation out.",
    }),
    rewire: weight.meta({
      title: "Rewire an argument",
      description: "Relative frequency of letting an argument read another value.",
    }),
    inputs: weight.meta({
      title: "Change the inputs",
      description: "Relative frequency of changing the set of inputs (Q, K, V, P).",
    }),
  })
  .refine((weights) => editKinds.some((kind) => weights[kind] > 0), {
    error: "at least one kind of edit needs a weight above 0",
    when: whenValid,
  });

/** Mutation of a backbone: first across layers, then within a layer (docs/paper.md §3). */
export const mutationSchema = z.strictObject({
  kindChanges: z.number().min(0).max(64).default(0).meta({
    title: "Layer kind changes per child",
    description:
      "Expected number of layers of a child that change between attention and convolution, however many layers there are; at most all of them.",
  }),
  layerKind: z.number().min(0).max(1).default(0).meta({
    title: "Layer kind changes per layer",
    description:
      "Probability, for each layer of a child and beside the changes per child, that it changes between attention and convolution.",
  }),
  edits: z.int().min(1).max(16).meta({
    title: "Edits per child",
    description: "Mutations within a layer that each child gets.",
  }),
  maxNodes: z.int().min(2).max(24).meta({
    title: "Longest graph",
    description: "Most operations of an attention graph that sampling and mutation make.",
  }),
  editWeights: editWeightsSchema.default(defaultEditWeights).meta({
    title: "Edit weights",
    description:
      "How often each kind of edit of an attention graph is made, relative to the others.",
  }),
});
