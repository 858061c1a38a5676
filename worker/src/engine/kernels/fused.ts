import { OpnasError } from "@opnas/core";
import { composite } from "../composites.js";
import type { Kernels, Tensor, TensorFlow } from "../tf.js";

type FusedComposites = Omit<
  Kernels,
  "matMul" | "affine" | "sumRows" | "gatherRows" | "scatterRows"
>;

/** Runs one of our own operations by its name. */
export type Run = (name: string, inputs: Tensor[]) => Tensor[];

/**
 * Returns the composites made of our own operations, each of which passes over memory once where an
 * engine's own operations need five to fifteen passes; natively they are 1.3 to 2.8 times as fast,
 * softsign excepted (`npm run bench:paths`, decision 0010). The operations have the same
 * names and arguments in libtensorflow (worker/native/kernels) and WebAssembly
 * (worker/native/wasm).
 */
export function fusedComposites(tf: TensorFlow, run: Run): FusedComposites {
  const one = (name: string, inputs: Tensor[]) => first(run(name, inputs));

  /** Makes an elementwise function of an operation that returns value and derivative. */
  const pointwise = (name: string) => (x: Tensor) =>
    composite([x], () => {
      const [value, slope] = pair(run(name, [x]));
      return { value, saved: [slope] as const, gradient: (dy, [slope]) => [dy.mul(slope)] };
    });

  const noMask = tf.keep(tf.zeros([0]));
  const epsilons = new Map<number, Tensor>();
  const epsilonTensor = (epsilon: number) => {
    const known = epsilons.get(epsilon) ?? tf.keep(tf.scalar(epsilon));
    epsilons.set(epsilon, known);
    return known;
  };

  return {
    gelu: pointwise("OpnasGelu"),
    logSigmoid: pointwise("OpnasLogSigmoid"),
    softplus: pointwise("OpnasSoftplus"),
    softsign: pointwise("OpnasSoftsign"),

    glu: (x) =>
      composite([x], () => ({
        value: one("OpnasGlu", [x]),
        saved: [x] as const,
        gradient: (dy, [x]) => [one("OpnasGluGradient", [dy, x])],
      })),

    layerNorm: (x, gain, shift, epsilon) =>
      composite([x, gain, shift], () => {
        const inputs = [x, gain, shift, epsilonTensor(epsilon)];
        const [value, mean, inverse] = triple(run("OpnasLayerNorm", inputs));
        return {
          value,
          saved: [x, gain, mean, inverse] as const,
          gradient: (dy, saved) => run("OpnasLayerNormGradient", [dy, ...saved]),
        };
      }),

    softmax: (x, mask) =>
      composite([x], () => {
        const inputs = !mask || fitsRows(mask, x) ? [x, mask ?? noMask] : [x.add(mask), noMask];
        const y = one("OpnasSoftmax", inputs);
        return {
          value: y,
          saved: [y] as const,
          gradient: (dy, [y]) => [one("OpnasSoftmaxGradient", [dy, y])],
        };
      }),

    crossEntropy: (logits, labels, shares) =>
      composite([logits], () => {
        const [value, logSums] = pair(run("OpnasCrossEntropy", [logits, labels, shares]));
        return {
          value,
          saved: [logits, labels, shares, logSums] as const,
          gradient: (dy, saved) => [one("OpnasCrossEntropyGradient", [dy, ...saved])],
        };
      }),
  };
}

/** Returns true if a mask has one row per entry of x's first axis, the form the operation takes. */
function fitsRows(mask: Tensor, x: Tensor): boolean {
  const between = mask.shape.slice(1, -1);
  return (
    mask.rank === x.rank &&
    mask.shape.at(-1) === x.shape.at(-1) &&
    (mask.shape[0] === x.shape[0] || mask.shape[0] === 1) &&
    between.every((length) => length === 1)
  );
}

function first([a]: Tensor[]): Tensor {
  if (!a) throw tooFew();
  return a;
}

function pair([a, b]: Tensor[]): [Tensor, Tensor] {
  if (!a || !b) throw tooFew();
  return [a, b];
}

function triple([a, b, c]: Tensor[]): [Tensor, Tensor, Tensor] {
  if (!a || !b || !c) throw tooFew();
  return [a, b, c];
}

function tooFew(): OpnasError {
  return new OpnasError("INTERNAL", "an operation gave fewer tensors than asked");
}
