import { OpnasError } from "@opnas/core";
import { tf, type Tensor, kernels } from "./tf.js";

/** A forward pass: its value, the tensors that its gradient needs, and that gradient. */
export interface Forward<Saved extends readonly Tensor[]> {
  value: Tensor;
  /** Kept alive until the gradient has run. */
  saved: Saved;
  /** Maps the gradient by the value to the gradients by the composite's inputs, in their order. */
  gradient: (dy: Tensor, saved: Saved) => Tensor[];
}

/**
 * Runs `forward` as one operation with a gradient of its own, which runs fewer kernels than the
 * gradients of its parts would. The gradient may use only `dy`, `saved` and constants: everything
 * else may be freed between the two passes.
 */
export function composite<Saved extends readonly Tensor[]>(
  inputs: Tensor[],
  forward: () => Forward<Saved>,
): Tensor {
  const operation = tf.customGrad((...inputsAndSave) => {
    const save = inputsAndSave.at(-1);
    if (typeof save !== "function") throw new OpnasError("INTERNAL", "customGrad gave no save");
    const { value, saved, gradient } = forward();
    save([...saved]);
    // TensorFlow.js returns the saved tensors unchanged, but its type does not say how many.
    return { value, gradFunc: (dy, kept) => gradient(dy, kept as readonly Tensor[] as Saved) };
  });
  return operation(...inputs);
}

/** Returns the size of an axis; a negative axis counts from the end. */
export function size(x: Tensor, axis: number): number {
  const length = x.shape.at(axis);
  if (length === undefined) {
    throw new OpnasError(
      "INTERNAL",
      `a tensor of rank ${x.rank.toString()} has no axis ${axis.toString()}`,
    );
  }
  return length;
}

/** Reshapes `x`, at no cost if it has that shape already (a native reshape costs 20 µs). */
export function reshape(x: Tensor, shape: number[]): Tensor {
  const same = shape.length === x.rank && shape.every((length, axis) => length === x.shape[axis]);
  return same ? x : x.reshape(shape);
}

/** Reshapes x [..., d] to a matrix [r, d]. */
export function asRows(x: Tensor): Tensor {
  return x.rank === 2 ? x : x.reshape([-1, size(x, -1)]);
}

/**
 * Matrix product a [..., n, k] · b [..., k, m] → [..., n, m]; with `transposeB` b is [..., m, k].
 * Both have the same leading axes.
 */
export function matMul(a: Tensor, b: Tensor, transposeB = false): Tensor {
  return composite([a, b], () => ({
    value: kernels.matMul(a, b, false, transposeB),
    saved: [a, b] as const,
    gradient: (dy, [a, b]) => [
      kernels.matMul(dy, b, false, !transposeB),
      transposeB ? kernels.matMul(dy, a, true, false) : kernels.matMul(a, dy, true, false),
    ],
  }));
}

/**
 * Linear layer: x [..., i] · weight [i, o] + bias [o] → [..., o]. With `transposeWeight` the weight
 * is [o, i], for example a table of embeddings that serves as decoder.
 */
export function linear(x: Tensor, weight: Tensor, bias: Tensor, transposeWeight = false): Tensor {
  return composite([x, weight, bias], () => {
    const rows = asRows(x); // [r, i]
    const y = kernels.affine(rows, weight, bias, transposeWeight); // [r, o]
    return {
      value: reshape(y, [...x.shape.slice(0, -1), size(y, 1)]),
      saved: [rows, weight] as const,
      gradient: (dy, [rows, weight]) => {
        const dRows = asRows(dy); // [r, o]
        return [
          reshape(kernels.matMul(dRows, weight, false, !transposeWeight), x.shape),
          transposeWeight
            ? kernels.matMul(dRows, rows, true, false)
            : kernels.matMul(rows, dRows, true, false),
          kernels.sumRows(dRows),
        ];
      },
    };
  });
}

/** Gathers the rows of table [v, d] named by ids [...] (int32, 0 ≤ id < v) → [..., d]. */
export function embedding(table: Tensor, ids: Tensor): Tensor {
  const rows = size(table, 0);
  return composite([table], () => ({
    value: kernels.gatherRows(table, ids),
    saved: [ids] as const,
    gradient: (dy, [ids]) => [kernels.scatterRows(dy, ids, rows)],
  }));
}

/**
 * GELU: x · Φ(x), Φ being the normal distribution function by `erf`, not the tanh approximation.
 */
export function gelu(x: Tensor): Tensor {
  return kernels.gelu(x);
}

/** Log of the sigmoid: log(1 / (1 + e^−x)), finite for every x. */
export function logSigmoid(x: Tensor): Tensor {
  return kernels.logSigmoid(x);
}

/** Softplus: log(1 + e^x) = −logSigmoid(−x), finite for every x. */
export function softplus(x: Tensor): Tensor {
  return kernels.softplus(x);
}

/** Softsign: x / (1 + |x|). */
export function softsign(x: Tensor): Tensor {
  return kernels.softsign(x);
}

/** Gated linear unit: a · sigmoid(b) for x = [a, b] along the last axis, [..., 2c] → [..., c]. */
export function glu(x: Tensor): Tensor {
  return kernels.glu(x);
}

/**
 * Layer norm: each row of x [..., d] brought to mean 0 and variance 1, then · gain [d] + shift [d]
 * → [..., d]. `epsilon` is added to the variance (BERT: 1e-12).
 */
export function layerNorm(x: Tensor, gain: Tensor, shift: Tensor, epsilon = 1e-12): Tensor {
  return kernels.layerNorm(x, gain, shift, epsilon);
}

/**
 * Softmax over the last axis of x [..., d] → [..., d]. `mask`, if given, is added to x first (0 to
 * keep, a large negative number to leave out) and broadcasts; it has no gradient.
 */
export function softmax(x: Tensor, mask?: Tensor): Tensor {
  return kernels.softmax(x, mask);
}

/**
 * Cross-entropy in nats, the weighted mean over the rows of −log softmax(logits)[label]:
 * logits [p, v], labels [p] (int32), weights [p] (0 leaves a row out) → scalar; 0 if all weights
 * are 0.
 */
export function crossEntropy(logits: Tensor, labels: Tensor, weights: Tensor): Tensor {
  return kernels.crossEntropy(logits, labels, weights.div(weights.sum().maximum(1e-12)));
}

/** Added to a row's squared length, so that a row of zeros has cosine 0 and a finite gradient. */
const lengthEpsilon = 1e-12;

/** Cosine similarity of each row of a [..., n, d] with each row of b [..., m, d] → [..., n, m]. */
export function cosine(a: Tensor, b: Tensor): Tensor {
  return composite([a, b], () => {
    const inverseA = inverseLength(a); // [..., n, 1]
    const inverseB = inverseLength(b); // [..., m, 1]
    const unitA = a.mul(inverseA);
    const unitB = b.mul(inverseB);
    return {
      value: kernels.matMul(unitA, unitB, false, true),
      saved: [unitA, unitB, inverseA, inverseB] as const,
      gradient: (dy, [unitA, unitB, inverseA, inverseB]) => [
        alongSphere(kernels.matMul(dy, unitB), unitA, inverseA),
        alongSphere(kernels.matMul(dy, unitA, true, false), unitB, inverseB),
      ],
    };
  });
}

function inverseLength(x: Tensor): Tensor {
  return x.square().sum(-1, true).add(lengthEpsilon).rsqrt();
}

/** Turns the gradient by x / |x| into the gradient by x: its component along x vanishes. */
function alongSphere(dUnit: Tensor, unit: Tensor, inverse: Tensor): Tensor {
  return dUnit.sub(unit.mul(dUnit.mul(unit).sum(-1, true))).mul(inverse);
}

/** Added to the squared distance: smooth at 0, where the value is 1e-3 and the gradient 0. */
const distanceEpsilon = 1e-6;

/**
 * Euclidean distance √(|a_i − b_j|² + 1e-6) of each row of a [..., n, d] and each of b [..., m, d]
 * → [..., n, m]. The distances come from one matrix product, so that no [n, m, d] tensor is needed.
 * `a` and `b` may be one tensor, whose rows are then at a distance of exactly 1e-3 from themselves.
 */
export function euclidean(a: Tensor, b: Tensor): Tensor {
  if (a === b) return euclideanWithin(a);
  return composite([a, b], () => {
    const squares = a.square().sum(-1, true).add(b.square().sum(-1).expandDims(-2));
    const products = kernels.matMul(a, b, false, true); // [..., n, m]
    const distance = squares.sub(products.mul(2)).relu().add(distanceEpsilon).sqrt();
    return {
      value: distance,
      saved: [a, b, distance] as const,
      gradient: (dy, [a, b, distance]) => {
        const pull = dy.div(distance);
        return [
          a.mul(pull.sum(-1, true)).sub(kernels.matMul(pull, b)),
          b.mul(pull.sum(-2).expandDims(-1)).sub(kernels.matMul(pull, a, true, false)),
        ];
      },
    };
  });
}

/**
 * Euclidean distances of the rows of one tensor [..., n, d] → [..., n, n]. |a|² + |b|² − 2ab of a
 * row and itself would leave rounding errors far above 1e-6, which the root makes larger still, so
 * that those are set to 0; the mean of the rows is taken away first, which changes no distance but
 * leaves less to cancel elsewhere (decision 0056).
 */
function euclideanWithin(x: Tensor): Tensor {
  return composite([x], () => {
    const rows = x.sub(x.mean(-2, true));
    const squares = rows.square().sum(-1, true); // [..., n, 1]
    const products = kernels.matMul(rows, rows.mul(-2), false, true); // [..., n, n]
    const others = offDiagonal(size(x, -2));
    const squared = products.add(squares.add(transposed(squares))).relu();
    const distance = squared.mul(others).add(distanceEpsilon).sqrt();
    return {
      value: distance,
      saved: [rows, distance, others] as const,
      gradient: (dy, [rows, distance, others]) => {
        const pull = dy.mul(others).div(distance);
        const both = pull.add(transposed(pull));
        return [rows.mul(both.sum(-1, true)).sub(kernels.matMul(both, rows))];
      },
    };
  });
}

/** Exchanges the last two axes. */
function transposed(x: Tensor): Tensor {
  const axes = x.shape.map((_, axis) => axis);
  return x.transpose([...axes.slice(0, -2), x.rank - 1, x.rank - 2]);
}

/** Returns 0 on the diagonal and 1 elsewhere: [n, n]. */
function offDiagonal(n: number): Tensor {
  const values = new Float32Array(n * n).fill(1);
  for (let at = 0; at < n; at++) values[at * (n + 1)] = 0;
  return tf.tensor2d(values, [n, n]);
}
