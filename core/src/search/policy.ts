import type { SearchSettings } from "../settings/search.js";
import type { Chooser, Slot } from "./searchSpace.js";

/** One choice of the policy. */
export interface Action {
  slot: Slot;
  options: readonly string[];
  chosen: string;
}

/** A softmax over the operations of every slot, all equally likely at first. */
export class Policy {
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
