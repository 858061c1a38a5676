import type { SearchSettings } from "../settings/search.js";
import { evolve, initialPopulation } from "./evolution.js";
import { scoreScale } from "./scoreScale.js";
import type { Chooser, SearchSpace, Slot } from "./searchSpace.js";
import {
  orderedHistory,
  type Candidate,
  type Proposal,
  type SearchContext,
  type Strategy,
} from "./strategy.js";

/**
 * Reinforcement learning, one of the strategies that the paper compares with (docs/paper.md §3). A
 * policy, a softmax over the operations of each slot, samples the operations of mutations of the
 * best candidates. It is updated from the children's scores by REINFORCE (Williams 1992) with a
 * moving mean as baseline. Its state follows from the history: earlier generations are proposed
 * again, one after the other.
 */
export const reinforcement: Strategy = {
  initial: initialPopulation,

  next(history, generation, context) {
    const evaluated = orderedHistory(history);
    const policy = new Policy(context.settings.reinforcement);
    policy.setBaseline(evaluated.filter((candidate) => candidate.generation === 0));
    for (let past = 1; past < generation; past++) {
      const { actions } = propose(evaluated, past, policy, context);
      const known = evaluated.filter((candidate) => candidate.generation <= past);
      const scale = scoreScale(
        context.settings.scoreUnit,
        known.map(({ score }) => score),
      );
      policy.update(
        known.filter((candidate) => candidate.generation === past),
        actions,
        scale,
      );
    }
    return { children: propose(evaluated, generation, policy, context).children, priorities: [] };
  },
};

/** One choice of the policy. */
interface Action {
  slot: Slot;
  options: readonly string[];
  chosen: string;
}

/** Proposes a generation's children and returns, by their keys, the policy's actions for them. */
function propose<A>(
  evaluated: readonly Candidate<A>[],
  generation: number,
  policy: Policy,
  context: SearchContext<A>,
): { children: Proposal<A>[]; actions: ReadonlyMap<string, readonly Action[]> } {
  const seen = evaluated.filter((candidate) => candidate.generation < generation);
  const { space, actions } = recordingActions(context.space);
  return { children: evolve(seen, generation, policy.choose, { ...context, space }), actions };
}

/**
 * Returns the space with a record, by key, of the actions that led to each mutated architecture.
 */
function recordingActions<A>(space: SearchSpace<A>) {
  const actions = new Map<string, readonly Action[]>();
  const recording: SearchSpace<A> = {
    operations: space.operations,
    sample: (random) => space.sample(random),
    key: (architecture) => space.key(architecture),
    features: (architecture) => space.features(architecture),
    mutate: (parent, choose, random) => {
      const taken: Action[] = [];
      const record: Chooser = (slot, options, from) => {
        const chosen = choose(slot, options, from);
        taken.push({ slot, options, chosen });
        return chosen;
      };
      const mutation = space.mutate(parent, record, random);
      const key = space.key(mutation.architecture);
      // Of several mutations that lead to one architecture the first was proposed.
      if (!actions.has(key)) actions.set(key, taken);
      return mutation;
    },
  };
  return { space: recording, actions };
}

/** A softmax over the operations of every slot, all equally likely at first. */
class Policy {
  private readonly logits = new Map<string, number>();
  private baseline = 0;

  constructor(private readonly settings: SearchSettings["reinforcement"]) {}

  /** Samples an operation with its probability among the options. */
  readonly choose: Chooser = (slot, options, random) => {
    const drawn = random.weighted(this.probabilities(slot, options));
    return options[drawn] ?? random.pick(options);
  };

  /** Takes the mean of the initial population as the first baseline. */
  setBaseline(initial: readonly { score: number }[]): void {
    const sum = initial.reduce((total, { score }) => total + score, 0);
    this.baseline = sum / Math.max(1, initial.length);
  }

  /**
   * Adds learningRate · (score − baseline) / scale · ∇ log π of every action to the logits, and
   * moves the baseline.
   *
   * @param scale points of the score in one unit of advantage
   */
  update(
    children: readonly { key: string; score: number }[],
    actions: ReadonlyMap<string, readonly Action[]>,
    scale: number,
  ): void {
    const { learningRate, baselineDecay } = this.settings;
    const steps = children.flatMap(({ key, score }) => {
      const advantage = (score - this.baseline) / scale;
      this.baseline = baselineDecay * this.baseline + (1 - baselineDecay) * score;
      return (actions.get(key) ?? []).flatMap(({ slot, options, chosen }) => {
        const probabilities = this.probabilities(slot, options);
        return options.map((operation, index) => ({
          name: nameOf(slot, operation),
          by:
            learningRate * advantage * (Number(operation === chosen) - (probabilities[index] ?? 0)),
        }));
      });
    });
    for (const { name, by } of steps) this.logits.set(name, (this.logits.get(name) ?? 0) + by);
  }

  private probabilities(slot: Slot, options: readonly string[]): number[] {
    const logits = options.map((operation) => this.logits.get(nameOf(slot, operation)) ?? 0);
    const largest = Math.max(...logits);
    const weights = logits.map((logit) => Math.exp(logit - largest));
    const total = weights.reduce((sum, weight) => sum + weight, 0);
    return weights.map((weight) => weight / total);
  }
}

function nameOf({ kind, position }: Slot, operation: string): string {
  return `${kind} ${position} ${operation}`;
}
