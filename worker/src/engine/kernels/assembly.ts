import { OpnasError } from "@opnas/core";
import type { Kernels, Product, Tensor, TensorFlow } from "../tf.js";
import { size } from "../composites.js";
import { fusedComposites, type Run } from "./fused.js";
import type { WasmMemory } from "./wasmMemory.js";

/** Columns of a matrix that `product` packs together for its inner loop. */
const STRIP = 8;

/** The address that stands for no bias. */
const NO_BIAS = 0;

/**
 * Returns kernels made of our own operations in worker/native/wasm, which work directly on the
 * memory of the running WebAssembly engine. Shapes that they do not take go to `fallback`.
 */
export function assemblyKernels(tf: TensorFlow, own: WasmMemory, fallback: Kernels): Kernels {
  const product = (
    a: Tensor,
    b: Tensor,
    bias: number,
    transposeA = false,
    transposeB = false,
  ): Tensor => {
    const [n, k] = turned(size(a, -2), size(a, -1), transposeA);
    const [inner, m] = turned(size(b, -2), size(b, -1), transposeB);
    if (inner !== k) throw new OpnasError("INTERNAL", `${k} columns meet ${inner} rows.`);
    const c = own.make([...a.shape.slice(0, -2), n, m]);
    const strip = own.make([k * STRIP]);
    const strideA = turned(4 * size(a, -1), 4, transposeA);
    const strideB = turned(4 * size(b, -1), 4, transposeB);
    const out = [bias, own.at(c), own.at(strip), c.size / (n * m)];
    own.call("product", own.at(a), ...strideA, own.at(b), ...strideB, ...out, n, k, m);
    strip.dispose();
    return c;
  };
  const matMul: Product = (a, b, transposeA, transposeB) =>
    a.shape.slice(0, -2).join() === b.shape.slice(0, -2).join()
      ? product(a, b, NO_BIAS, transposeA, transposeB)
      : fallback.matMul(a, b, transposeA, transposeB);

  const pointwise =
    (name: string) =>
    (x: Tensor): Tensor[] => {
      const [y, slope] = [own.make(x.shape), own.make(x.shape)];
      own.call(name, own.at(x), own.at(y), own.at(slope), x.size);
      return [y, slope];
    };

  const operations: Record<string, (...inputs: Tensor[]) => Tensor[]> = {
    OpnasGelu: pointwise("gelu"),
    OpnasLogSigmoid: pointwise("logSigmoid"),
    OpnasSoftplus: pointwise("softplus"),
    OpnasSoftsign: pointwise("softsign"),
    OpnasGlu: (x) => {
      const width = size(x, -1) / 2;
      const y = own.make([...x.shape.slice(0, -1), width]);
      own.call("glu", own.at(x), own.at(y), y.size / width, width);
      return [y];
    },
    OpnasGluGradient: (dy, x) => {
      const dx = own.make(x.shape);
      own.call("gluGradient", own.at(dy), own.at(x), own.at(dx), ...rowsAndWidth(dy));
      return [dx];
    },
    OpnasLayerNorm: (x, gain, shift, epsilon) => {
      const [rows, width] = rowsAndWidth(x);
      const [y, mean, inverse] = [own.make(x.shape), own.make([rows]), own.make([rows])];
      const inputs = [own.at(x), own.at(gain), own.at(shift), scalarOf(epsilon)];
      own.call("layerNorm", ...inputs, own.at(y), own.at(mean), own.at(inverse), rows, width);
      return [y, mean, inverse];
    },
    OpnasLayerNormGradient: (dy, x, gain, mean, inverse) => {
      const [rows, width] = rowsAndWidth(x);
      const [dx, dGain, dShift] = [
        own.make(x.shape),
        own.makeZeros([width]),
        own.makeZeros([width]),
      ];
      const inputs = [own.at(dy), own.at(x), own.at(gain), own.at(mean), own.at(inverse)];
      own.call(
        "layerNormGradient",
        ...inputs,
        own.at(dx),
        own.at(dGain),
        own.at(dShift),
        rows,
        width,
      );
      return [dx, dGain, dShift];
    },
    OpnasSoftmax: (x, mask) => {
      const [rows, width] = rowsAndWidth(x);
      const y = own.make(x.shape);
      own.call("softmax", own.at(x), own.at(mask), mask.size / width, own.at(y), rows, width);
      return [y];
    },
    OpnasSoftmaxGradient: (dy, y) => {
      const dx = own.make(y.shape);
      own.call("softmaxGradient", own.at(dy), own.at(y), own.at(dx), ...rowsAndWidth(y));
      return [dx];
    },
    OpnasCrossEntropy: (logits, labels, shares) => {
      const [rows, classes] = rowsAndWidth(logits);
      own.requireIds(labels, classes);
      const [loss, logSums] = [own.make([]), own.make([rows])];
      const inputs = [own.at(logits), own.at(labels), own.at(shares)];
      own.call("crossEntropy", ...inputs, own.at(loss), own.at(logSums), rows, classes);
      return [loss, logSums];
    },
    OpnasCrossEntropyGradient: (dy, logits, labels, shares, logSums) => {
      const dx = own.make(logits.shape);
      const inputs = [
        scalarOf(dy),
        own.at(logits),
        own.at(labels),
        own.at(shares),
        own.at(logSums),
      ];
      own.call("crossEntropyGradient", ...inputs, own.at(dx), ...rowsAndWidth(logits));
      return [dx];
    },
  };
  const run: Run = (name, inputs) => {
    const operation = operations[name];
    if (!operation) throw new OpnasError("INTERNAL", `No operation ${name}.`);
    return operation(...inputs);
  };

  return {
    matMul,
    affine: (x, weight, bias, transposeWeight) =>
      product(x, weight, own.at(bias), false, transposeWeight),
    sumRows: (x) => {
      const [rows, width] = rowsAndWidth(x);
      const sums = own.make([width]);
      own.call("sumRows", own.at(x), own.at(sums), rows, width);
      return sums;
    },
    gatherRows: (table, ids) => {
      const width = size(table, 1);
      own.requireIds(ids, size(table, 0));
      const rows = own.make([...ids.shape, width]);
      own.call("gatherRows", own.at(table), own.at(ids), own.at(rows), ids.size, width);
      return rows;
    },
    scatterRows: (x, ids, rows) => {
      const width = size(x, -1);
      own.requireIds(ids, rows);
      const sums = own.make([rows, width]);
      own.call("scatterRows", own.at(x), own.at(ids), own.at(sums), ids.size, width, rows);
      return sums;
    },
    ...fusedComposites(tf, run),
  };
}

function turned(first: number, second: number, turn: boolean): [number, number] {
  return turn ? [second, first] : [first, second];
}

function rowsAndWidth(x: Tensor): [number, number] {
  const width = size(x, -1);
  return [x.size / width, width];
}

function scalarOf(x: Tensor): number {
  return x.dataSync()[0] ?? NaN;
}
