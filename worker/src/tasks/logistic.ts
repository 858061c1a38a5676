import { stream } from "@opnas/core";

import { dataSeed } from "../text/corpus.js";

/** An example: the names of its features, and its class. */
export interface FeatureExample {
  features: readonly string[];
  label: number;
}

const epochs = 12;
const learningRate = 0.3;
const decay = 1e-4;

/**
 * Trains a softmax regression on `train` and returns its accuracy (0–1) on `test`: binary features,
 * AdaGrad, weight decay on the weights that an example uses. Features not seen in training are left
 * out.
 */
export function logisticAccuracy(
  train: readonly FeatureExample[],
  test: readonly FeatureExample[],
  classes: number,
): number {
  const bias = "";
  const indices = new Map([[bias, 0]]);
  for (const { features } of train) {
    for (const name of features) if (!indices.has(name)) indices.set(name, indices.size);
  }
  const known = ({ features, label }: FeatureExample) => ({
    active: [...new Set([bias, ...features])].flatMap((name) => indices.get(name) ?? []),
    label,
  });

  const models = Array.from({ length: classes }, () => new ClassModel(indices.size));
  const examples = train.map(known);
  for (let epoch = 0; epoch < epochs; epoch++) {
    const random = stream(dataSeed, "logistic regression", epoch);
    for (const { active, label } of random.shuffle(examples)) {
      const likelihoods = models.map((model) => Math.exp(model.logit(active)));
      const sum = likelihoods.reduce((total, value) => total + value, 0);
      for (const [index, model] of models.entries()) {
        model.learn(active, (likelihoods[index] ?? 0) / sum - (index === label ? 1 : 0));
      }
    }
  }
  const right = test.map(known).filter(({ active, label }) => {
    const logits = models.map((model) => model.logit(active));
    return logits.indexOf(Math.max(...logits)) === label;
  });
  return right.length / test.length;
}

/** The weights of one class. */
class ClassModel {
  private readonly weights: Float64Array;
  private readonly squares: Float64Array;

  constructor(features: number) {
    this.weights = new Float64Array(features);
    this.squares = new Float64Array(features).fill(1);
  }

  logit(active: readonly number[]): number {
    let sum = 0;
    for (const index of active) sum += this.weights[index] ?? 0;
    return sum;
  }

  learn(active: readonly number[], error: number): void {
    for (const index of active) {
      const weight = this.weights[index] ?? 0;
      const gradient = error + decay * weight;
      const squares = (this.squares[index] ?? 0) + gradient * gradient;
      this.squares[index] = squares;
      this.weights[index] = weight - (learningRate * gradient) / Math.sqrt(squares);
    }
  }
}
