import { OpnasError } from "@opnas/core";
import { tf, type Tensor, type TensorFlow } from "./tf.js";

/** TensorFlow's numbers for the types of attributes (tf_attrtype.h). */
export const attributeType = { string: 0, int: 1, float: 2, bool: 3, type: 4, shape: 5 } as const;
/** TensorFlow's numbers for the types of tensors (types.proto). */
export const dataType = { float: 1, int32: 3 } as const;

/** An attribute of an operation in the form that tfjs-node's binding takes. */
export interface Attribute {
  name: string;
  type: number;
  value: unknown;
}

/** The description that tfjs-node's binding returns for each output of an operation. */
export interface OutputInfo {
  id: number;
  shape: number[];
  dtype: number;
}

/** The calls of tfjs-node's binding that we use or listen to. */
export interface Binding {
  executeOp(name: string, attributes: Attribute[], inputs: number[], outputs: number): OutputInfo[];
  createTensor(shape: number[], dtype: number, values: ArrayBufferView): number;
  tensorDataSync(id: number): ArrayBufferView;
  deleteTensor(id: number): void;
}

/** The part of tfjs-node's backend by which any operation of TensorFlow is run by its name. */
export interface TfjsNode {
  binding: Binding;
  getInputTensorIds(tensors: readonly Tensor[]): number[];
  createOutputTensor(info: OutputInfo): Tensor;
  executeMultipleOutputs(
    name: string,
    attributes: Attribute[],
    inputs: readonly Tensor[],
    outputs: number,
  ): Tensor[];
}

/**
 * Returns the engine's backend.
 * @throws OpnasError INTERNAL if it is not tfjs-node's
 */
export function tfjsNode(engine: TensorFlow = tf): TfjsNode {
  const backend: unknown = engine.backend();
  if (!isTfjsNode(backend)) throw new OpnasError("INTERNAL", "This engine is not tfjs-node.");
  return backend;
}

function isTfjsNode(backend: unknown): backend is TfjsNode {
  return typeof backend === "object" && backend !== null && "executeMultipleOutputs" in backend;
}
