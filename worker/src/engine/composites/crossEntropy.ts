import { tf, type Tensor } from "../tf.js";
import { composite } from "./composite.js";
import { size } from "./shape.js";

/**
 * Mean over the rows of −log softmax(logits)[label], each row with its weight:
 * logits [p, v], labels [p] (int32), weights [p] (0 leaves a row out) → scalar. With all weights
 * 0 the loss is 0.
 */
export function crossEntropy(logits: Tensor, labels: Tensor, weights: Tensor): Tensor {
  return composite([logits], () => {
    const [rows, classes] = [size(logits, 0), size(logits, 1)];
    const probabilities = tf.softmax(logits).reshape([rows * classes]);
    const targets = tf.range(0, rows, 1, "int32").mul(tf.scalar(classes, "int32")).add(labels);
    const ofTargets = tf.gather(probabilities, targets);
    const shares = weights.div(weights.sum().maximum(1e-12));
    return {
      value: ofTargets.maximum(1e-30).log().neg().mul(shares).sum(),
      saved: [probabilities, ofTargets, targets, shares] as const,
      gradient: (dy, [probabilities, ofTargets, targets, shares]) => {
        const scale = shares.mul(dy);
        const each = probabilities.reshape([rows, classes]).mul(scale.expandDims(1));
        return [
          tf
            .tensorScatterUpdate(
              each.reshape([rows * classes]),
              targets.expandDims(1),
              ofTargets.sub(1).mul(scale),
            )
            .reshape([rows, classes]),
        ];
      },
    };
  });
}
