import { OpnasError } from "@opnas/core";
import type { Tensor } from "../tf.js";

/** The size of an axis; a negative axis counts from the end. */
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

/** `x` in another shape; free where it has that shape already (a native reshape costs 20 µs). */
export function reshape(x: Tensor, shape: number[]): Tensor {
  const same = shape.length === x.rank && shape.every((length, axis) => length === x.shape[axis]);
  return same ? x : x.reshape(shape);
}

/** `x` as a matrix: all axes but the last in one. */
export function asRows(x: Tensor): Tensor {
  return x.rank === 2 ? x : x.reshape([-1, size(x, -1)]);
}
