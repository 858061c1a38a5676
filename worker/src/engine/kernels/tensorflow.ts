import { OpnasError } from "@opnas/core";
import { attributeType, dataType, tfjsNode, type TfjsNode } from "../tfjsNode.js";
import type { Kernels, Product, Tensor, TensorFlow } from "../tf.js";
import { fusedComposites } from "./fused.js";
import { plainKernels } from "./plain.js";

/** The number of outputs of each of our own operations. */
const outputs: Record<string, number> = {
  OpnasGelu: 2,
  OpnasLogSigmoid: 2,
  OpnasSoftplus: 2,
  OpnasSoftsign: 2,
  OpnasGlu: 1,
  OpnasGluGradient: 1,
  OpnasLayerNorm: 3,
  OpnasLayerNormGradient: 3,
  OpnasSoftmax: 1,
  OpnasSoftmaxGradient: 1,
  OpnasCrossEntropy: 2,
  OpnasCrossEntropyGradient: 1,
};

/**
 * Returns the kernels for libtensorflow, called through tfjs-node; `fused` once our own operations
 * are loaded.
 */
export function tensorflowKernels(tf: TensorFlow, { fused }: { fused: boolean }): Kernels {
  const backend = tfjsNode(tf);
  const plain = { ...plainKernels(productOf(tf, backend)), sumRows: sumRowsOf(backend) };
  if (!fused) return plain;
  const run = (name: string, inputs: Tensor[]) =>
    backend.executeMultipleOutputs(name, [], inputs, outputs[name] ?? 0);
  return { ...plain, ...fusedComposites(tf, run) };
}

/** Sums rows by BiasAddGrad, which takes half of Sum's time. */
function sumRowsOf(backend: TfjsNode): Kernels["sumRows"] {
  const attributes = [{ name: "T", type: attributeType.type, value: dataType.float }];
  return (x) => {
    const [sums] = backend.executeMultipleOutputs("BiasAddGrad", attributes, [x], 1);
    if (!sums) throw new OpnasError("INTERNAL", "BiasAddGrad gave nothing");
    return sums;
  };
}

/**
 * Multiplies matrices by MatMul, which is faster than the BatchMatMulV2 that tfjs-node always uses.
 */
function productOf(tf: TensorFlow, backend: TfjsNode): Product {
  return (a, b, transposeA = false, transposeB = false) => {
    if (a.rank !== 2 || b.rank !== 2) return tf.matMul(a, b, transposeA, transposeB);
    const attributes = [
      { name: "T", type: attributeType.type, value: dataType.float },
      { name: "transpose_a", type: attributeType.bool, value: transposeA },
      { name: "transpose_b", type: attributeType.bool, value: transposeB },
    ];
    const [product] = backend.executeMultipleOutputs("MatMul", attributes, [a, b], 1);
    if (!product) throw new OpnasError("INTERNAL", "MatMul gave nothing");
    return product;
  };
}
