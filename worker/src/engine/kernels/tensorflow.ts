import { OpnasError } from "@opnas/core";
import type { Kernels, Product, Tensor, TensorFlow } from "../tf.js";
import { fusedComposites } from "./fused.js";
import { plainKernels } from "./plain.js";

/** An attribute of an operation, as tfjs-node's binding wants it. */
interface Attribute {
  name: string;
  type: number;
  value: number | boolean;
}

/** The part of tfjs-node's backend that runs any operation of TensorFlow by its name. */
interface TensorFlowBackend {
  binding: { TF_ATTR_TYPE: number; TF_ATTR_BOOL: number; TF_FLOAT: number };
  executeMultipleOutputs(
    name: string,
    attributes: Attribute[],
    inputs: Tensor[],
    outputs: number,
  ): Tensor[];
}

/** The running tfjs-node's backend. */
function backendOf(tf: TensorFlow): TensorFlowBackend {
  const backend: unknown = tf.backend();
  if (!isTensorFlowBackend(backend)) throw new OpnasError("INTERNAL", "This is not tfjs-node.");
  return backend;
}

/** How many tensors our own operations give. */
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

/** Kernels for libtensorflow, by way of tfjs-node; `fused` once our own operations are loaded. */
export function tensorflowKernels(tf: TensorFlow, { fused }: { fused: boolean }): Kernels {
  const backend = backendOf(tf);
  const plain = { ...plainKernels(productOf(tf, backend)), sumRows: sumRowsOf(backend) };
  if (!fused) return plain;
  const run = (name: string, inputs: Tensor[]) =>
    backend.executeMultipleOutputs(name, [], inputs, outputs[name] ?? 0);
  return { ...plain, ...fusedComposites(tf, run) };
}

/** Sums by BiasAddGrad, which takes half of Sum's time. */
function sumRowsOf(backend: TensorFlowBackend): Kernels["sumRows"] {
  const { TF_ATTR_TYPE, TF_FLOAT } = backend.binding;
  const attributes = [{ name: "T", type: TF_ATTR_TYPE, value: TF_FLOAT }];
  return (x) => {
    const [sums] = backend.executeMultipleOutputs("BiasAddGrad", attributes, [x], 1);
    if (!sums) throw new OpnasError("INTERNAL", "BiasAddGrad gave nothing");
    return sums;
  };
}

/** Matrices by MatMul, which is faster than the BatchMatMulV2 that tfjs-node uses for all. */
function productOf(tf: TensorFlow, backend: TensorFlowBackend): Product {
  const { TF_ATTR_TYPE, TF_ATTR_BOOL, TF_FLOAT } = backend.binding;
  return (a, b, transposeA = false, transposeB = false) => {
    if (a.rank !== 2 || b.rank !== 2) return tf.matMul(a, b, transposeA, transposeB);
    const attributes = [
      { name: "T", type: TF_ATTR_TYPE, value: TF_FLOAT },
      { name: "transpose_a", type: TF_ATTR_BOOL, value: transposeA },
      { name: "transpose_b", type: TF_ATTR_BOOL, value: transposeB },
    ];
    const [product] = backend.executeMultipleOutputs("MatMul", attributes, [a, b], 1);
    if (!product) throw new OpnasError("INTERNAL", "MatMul gave nothing");
    return product;
  };
}

function isTensorFlowBackend(backend: unknown): backend is TensorFlowBackend {
  return typeof backend === "object" && backend !== null && "executeMultipleOutputs" in backend;
}
