import { OpnasError } from "@opnas/core";
import type { HostTensor, NamedTensor, Tensors } from "../engine/hostTensor.js";
import { tf, type Tensor } from "../engine/tf.js";

export type { NamedTensor, Tensors } from "../engine/hostTensor.js";

/** The numbers as a tensor; to be called within a scope. */
export function onEngine({ shape, data }: HostTensor): Tensor {
  return tf.tensor(data, [...shape], data instanceof Int32Array ? "int32" : "float32");
}

/** A model's parameters on the engine, by name; throws INTERNAL for a name it does not have. */
export type Weights = (name: string) => Tensor;

/** The entry of that name; CORRUPT_ARTIFACT where it is missing. */
export function tensorNamed(tensors: Tensors, name: string): NamedTensor {
  const tensor = tensors.get(name);
  if (!tensor) throw new OpnasError("CORRUPT_ARTIFACT", `The checkpoint has no tensor "${name}".`);
  return tensor;
}

/** A copy that shares no memory. */
export function copyTensors(tensors: Tensors): Tensors {
  return new Map(
    [...tensors].map(([name, { shape, data }]) => [
      name,
      { shape: [...shape], data: data.slice() },
    ]),
  );
}

/** A copy in memory that threads can share. */
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
 * The tensors of those names on the engine; the caller disposes of them (or a scope does), and
 * before that must not change the arrays: an engine may read them only when it needs them.
 */
export function upload(tensors: Tensors, names: Iterable<string>): Map<string, Tensor> {
  const uploaded = new Map<string, Tensor>();
  for (const name of names) {
    const { shape, data } = tensorNamed(tensors, name);
    uploaded.set(name, tf.tensor(data, shape, "float32"));
  }
  return uploaded;
}

/** Access by name to uploaded tensors. */
export function weightsOf(uploaded: ReadonlyMap<string, Tensor>): Weights {
  return (name) => {
    const tensor = uploaded.get(name);
    if (!tensor) throw new OpnasError("INTERNAL", `The model has no parameter "${name}".`);
    return tensor;
  };
}
