import type { NamedTensor } from "../../model/tensors.js";

/** Computes a tensor from its name and shape, as the scripts' `formula` does. */
export function formula({ name, shape }: { name: string; shape: number[] }): NamedTensor {
  const phase = Buffer.from(name).reduce((sum, letter, at) => sum + letter * (at + 1), 0);
  const [offset, scale] = name.endsWith("norm.weight")
    ? [1, 0.1]
    : [0, name.endsWith("bias") ? 0.1 : 0.4];
  const count = shape.reduce((product, length) => product * length, 1);
  const data = Float32Array.from(
    { length: count },
    (_, i) => offset + scale * Math.sin((phase % 1000) + 12.9898 * i),
  );
  return { shape, data };
}
