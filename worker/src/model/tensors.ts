import { OpnasError } from "@opnas/core";
import type { HostTensor, NamedTensor, Tensors } from "../engine/hostTensor.js";
import { tf, type Tensor } from "../engine/tf.js";

export type { NamedTensor, Tensors } from "../engine/hostTensor.js";

/** Uploads a host tensor to the engine; to be called within a scope. */
export function onEngine({ shape, data }: HostTensor): Tensor {
  return tf.tensor(data, [...shape], data instanceof Int32Array ? "int32" : "float32");
}

/** Returns a model's parameter on the engine by its name; throws INTERNAL for an unknown name. */
export type Weights = (name: string) => Tensor;

/**
 * Returns the tensor of that name.
 * @throws OpnasError CORRUPT_ARTIFACT if it is missing
 */
export function tensorNamed(tensors: Tensors, name: string): NamedTensor {
  const tensor = tensors.get(name);
  if (!tensor) throw new OpnasError("CORRUPT_ARTIFACT", `The checkpoint has no tensor "${name}".`);
  return tensor;
}

/** Copies tensors; the copy shares no memory with them. */
export function copyTensors(tensors: Tensors): Tensors {
  return new Map(
    [...tensors].map(([name, { shape, data }]) => [
      name,
      { shape: [...shape], data: data.slice() },
    ]),
  );
}

/** Copies tensors into memory that threads can share. */
export function sharedTensors(tensors: Tensors): Tensors {
  return new Map(
    [...tensors].map(([name, { shape, data }]) => {
      const shared = new Float32Array(new SharedArrayBuffer(data.byteLength));
      shared.set(data);
      return [name, { shape: [...shape], data: shared }];
    }),
  );
}

/**
 * Uploads the tensors of those names to the engine. The caller (or a scope) disposes of them, and
 * must not change the arrays before that: an engine may read them only when it needs them.
 * @throws OpnasError CORRUPT_ARTIFACT if one is missing
 */
export function upload(tensors: Tensors, names: Iterable<string>): Map<string, Tensor> {
  const uploaded = new Map<string, Tensor>();
  for (const name of names) {
    const { shape, data } = tensorNamed(tensors, name);
    uploaded.set(name, tf.tensor(data, shape, "float32"));
  }
  return uploaded;
}

/** Returns access by name to uploaded tensors. */
export function weightsOf(uploaded: ReadonlyMap<string, Tensor>): Weights {
  return (name) => {
    const tensor = uploaded.get(name);
    if (!tensor) throw new OpnasError("INTERNAL", `The model has no parameter "${name}".`);
    return tensor;
  };
}
