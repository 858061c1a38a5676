import { stream } from "@opnas/core";

import { dataSeed } from "../data/version.js";

/** A yes/no example as the names of the features it has. */
export interface FeatureExample {
  features: readonly string[];
  label: number;
}

const epochs = 12;
const learningRate = 0.3;
const decay = 1e-4;

/**
 * Accuracy (0–1) on `test` of a logistic regression trained on `train`: binary features, AdaGrad,
 * L2 on the weights as they are used. Features not seen in training are left out.
 */
export function logisticAccuracy(
  train: readonly FeatureExample[],
  test: readonly FeatureExample[],
): number {
  const indices = new Map<string, number>();
  for (const { features } of train) {
    for (const name of features) if (!indices.has(name)) indices.set(name, indices.size);
  }
  const known = ({ features }: FeatureExample) =>
    [...new Set(features)].flatMap((name) => indices.get(name) ?? []);

  const weights = new Float64Array(indices.size);
  const squares = new Float64Array(indices.size);
  let bias = 0;
  const logit = (active: readonly number[]) =>
    active.reduce((sum, index) => sum + (weights[index] ?? 0), bias);

  const examples = train.map((example) => ({ active: known(example), label: example.label }));
  for (let epoch = 0; epoch < epochs; epoch++) {
    const random = stream(dataSeed, "logistic regression", epoch);
    for (const { active, label } of random.shuffle(examples)) {
      const error = 1 / (1 + Math.exp(-logit(active))) - label;
      bias -= (learningRate / 10) * error;
      for (const index of active) {
        const gradient = error + decay * (weights[index] ?? 0);
        squares[index] = (squares[index] ?? 0) + gradient * gradient;
        weights[index] =
          (weights[index] ?? 0) - (learningRate * gradient) / Math.sqrt((squares[index] ?? 0) + 1);
      }
    }
  }
  const right = test.filter((example) => logit(known(example)) > 0 === (example.label === 1));
  return right.length / test.length;
}
