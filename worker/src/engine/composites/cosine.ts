import { kernels, type Tensor } from "../tf.js";
import { composite } from "./composite.js";

/** Added to a row's squared length, so that a row of zeros has cosine 0 and a finite gradient. */
const epsilon = 1e-12;

/** Cosine similarity of each row of a [..., n, d] with each row of b [..., m, d] → [..., n, m]. */
export function cosine(a: Tensor, b: Tensor): Tensor {
  return composite([a, b], () => {
    const inverseA = inverseLength(a); // [..., n, 1]
    const inverseB = inverseLength(b); // [..., m, 1]
    const unitA = a.mul(inverseA);
    const unitB = b.mul(inverseB);
    return {
      value: kernels.matMul(unitA, unitB, false, true),
      saved: [unitA, unitB, inverseA, inverseB] as const,
      gradient: (dy, [unitA, unitB, inverseA, inverseB]) => [
        alongSphere(kernels.matMul(dy, unitB), unitA, inverseA),
        alongSphere(kernels.matMul(dy, unitA, true, false), unitB, inverseB),
      ],
    };
  });
}

function inverseLength(x: Tensor): Tensor {
  return x.square().sum(-1, true).add(epsilon).rsqrt();
}

/** Turns the gradient by x / |x| into the gradient by x: its component along x vanishes. */
function alongSphere(dUnit: Tensor, unit: Tensor, inverse: Tensor): Tensor {
  return dUnit.sub(unit.mul(dUnit.mul(unit).sum(-1, true))).mul(inverse);
}
