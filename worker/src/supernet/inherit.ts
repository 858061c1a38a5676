import { OpnasError } from "@opnas/core";
import type { Backbone } from "../model/backbone.js";
import { tensorNamed, type NamedTensor, type Tensors } from "../model/tensors.js";

/**
 * Copies a candidate's weights out of the super-net's (docs/paper.md §4): its branches' tensors, of
 * kernels the middle.
 * @throws OpnasError CORRUPT_ARTIFACT if the super-net is not of the candidate's size
 */
export function inherit(superNet: Tensors, { parameters }: Backbone): Tensors {
  return new Map(
    parameters.map(({ name, shape }) => {
      const shared = tensorNamed(superNet, name);
      const own = name.endsWith(".kernel") ? middle(shared, shape) : shared.data.slice();
      if (own.length !== shape.reduce((size, length) => size * length, 1)) {
        throw new OpnasError(
          "CORRUPT_ARTIFACT",
          `The super-net's "${name}" has the shape [${shared.shape.join(", ")}], not [${shape.join(", ")}].`,
        );
      }
      return [name, { shape, data: own }];
    }),
  );
}

/** Returns the middle columns of [heads, longest] kernels. */
function middle({ shape, data }: NamedTensor, [, size = 0]: number[]): Float32Array {
  const [heads = 0, longest = 0] = shape;
  const skip = (longest - size) / 2;
  const cropped = new Float32Array(heads * size);
  for (let head = 0; head < heads; head++) {
    const start = head * longest + skip;
    cropped.set(data.subarray(start, start + size), head * size);
  }
  return cropped;
}
