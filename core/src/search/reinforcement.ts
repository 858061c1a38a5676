import type { SearchSettings } from "../settings/search.js";
import { evolve, initialPopulation } from "./evolution.js";
import { pointsOf } from "./scoreUnit.js";
import type { Chooser, SearchSpace, Slot } from "./searchSpace.js";
import {
  orderedHistory,
  type Candidate,
  type Proposal,
  type SearchContext,
  type Strategy,
} from "./strategy.js";

/**
 * Reinforcement learning, the third strategy that the paper compares with (§3): a policy, for each
 * slot a softmax over its operations, draws what mutations of the best put in, and learns from the
 * children's scores by REINFORCE (Williams 1992) with a moving mean as baseline. What the policy has
 * learned follows from the history: its generations are proposed again, one after the other.
 */
export const reinforcement: Strategy = {
  initial: initialPopulation,

  next(history, generation, context) {
    const evaluated = orderedHistory(history);
    const policy = new Policy(context.settings.reinforcement);
    policy.begin(evaluated.filter((candidate) => candidate.generation === 0));
    for (let past = 1; past < generation; past++) {
      const { actions } = propose(evaluated, past, policy, context);
      const known = evaluated.filter((candidate) => candidate.generation <= past);
      const unit = pointsOf(
        context.settings.scoreUnit,
        known.map(({ score }) => score),
      );
      policy.learn(
        known.filter((candidate) => candidate.generation === past),
        actions,
        unit,
      );
    }
    return { children: propose(evaluated, generation, policy, context).children, priorities: [] };
  },
};

/** One draw of the policy. */
interface Action {
  slot: Slot;
  options: readonly string[];
  chosen: string;
}

/** A generation's children, and by their keys what the policy drew for them. */
function propose<A>(
  evaluated: readonly Candidate<A>[],
  generation: number,
  policy: Policy,
  context: SearchContext<A>,
): { children: Proposal<A>[]; actions: ReadonlyMap<string, readonly Action[]> } {
  const seen = evaluated.filter((candidate) => candidate.generation < generation);
  const { space, actions } = watched(context.space);
  return { children: evolve(seen, generation, policy.choose, { ...context, space }), actions };
}

/** The same space, with the draws that led to each mutated architecture, by its key. */
function watched<A>(space: SearchSpace<A>) {
  const actions = new Map<string, readonly Action[]>();
  const watching: SearchSpace<A> = {
    operations: space.operations,
    sample: (random) => space.sample(random),
    key: (architecture) => space.key(architecture),
    features: (architecture) => space.features(architecture),
    mutate: (parent, choose, random) => {
      const drawn: Action[] = [];
      const noting: Chooser = (slot, options, from) => {
        const chosen = choose(slot, options, from);
        drawn.push({ slot, options, chosen });
        return chosen;
      };
      const mutation = space.mutate(parent, noting, random);
      const key = space.key(mutation.architecture);
      // Of several draws that lead to one architecture the first was proposed.
      if (!actions.has(key)) actions.set(key, drawn);
      return mutation;
    },
  };
  return { space: watching, actions };
}

/** For every slot a softmax over operations, all equally likely at first. */
class Policy {
  private readonly logits = new Map<string, number>();
  private baseline = 0;

  constructor(private readonly settings: SearchSettings["reinforcement"]) {}

  /** Draws an operation with its probability among those that are offered. */
  readonly choose: Chooser = (slot, options, random) => {
    const drawn = random.weighted(this.probabilities(slot, options));
    return options[drawn] ?? random.pick(options);
  };

  /** Takes the mean of the initial population as the first baseline. */
  begin(initial: readonly { score: number }[]): void {
    const sum = initial.reduce((total, { score }) => total + score, 0);
    this.baseline = sum / Math.max(1, initial.length);
  }

  /**
   * Moves every draw's log probability along (score − baseline) / unit · ∇ log π, then the baseline.
   *
   * @param unit in points of the score
   */
  learn(
    children: readonly { key: string; score: number }[],
    actions: ReadonlyMap<string, readonly Action[]>,
    unit: number,
  ): void {
    const { learningRate, baselineDecay } = this.settings;
    const steps = children.flatMap(({ key, score }) => {
      const advantage = (score - this.baseline) / unit;
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
