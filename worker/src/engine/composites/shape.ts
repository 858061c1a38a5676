import { OpnasError } from "@opnas/core";
import type { Tensor } from "../tf.js";

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
