import { OpnasError } from "@opnas/core";
import { composite, asRows, reshape, size } from "../composites.js";
import { tf, type Kernels, type Product, type Tensor } from "../tf.js";

/**
 * Returns kernels made of TensorFlow.js's own operations, for every engine that has nothing faster.
 * Their gradients are written out, and need fewer operations than TensorFlow.js's would.
 */
export function plainKernels(matMul: Product): Kernels {
  return {
    matMul,
    affine: (x, weight, bias, transposeWeight) =>
      matMul(x, weight, false, transposeWeight).add(bias),
    sumRows: (x) => asRows(x).sum(0),
    gatherRows: (table, ids) => tf.gather(table, ids),
    scatterRows: (x, ids, rows) => tf.unsortedSegmentSum(asRows(x), ids.as1D(), rows),
    gelu,
    logSigmoid: (x) => softplus(x.neg()).neg(),
    softplus,
    softsign,
    glu,
    layerNorm: (x, gain, shift, epsilon) => layerNorm(matMul, x, gain, shift, epsilon),
    softmax,
    crossEntropy,
  };
}

function gelu(x: Tensor): Tensor {
  return composite([x], () => {
    const cdf = tf.erf(x.mul(Math.SQRT1_2)).mul(0.5).add(0.5);
    return {
      value: x.mul(cdf),
      saved: [x, cdf] as const,
      gradient: (dy, [x, cdf]) => {
        const bell = x.square().mul(-0.5).exp();
        return [
          bell
            .mul(1 / Math.sqrt(2 * Math.PI))
            .mul(x)
            .add(cdf)
            .mul(dy),
        ];
      },
    };
  });
}

function softplus(x: Tensor): Tensor {
  return composite([x], () => ({
    value: tf.softplus(x),
    saved: [x] as const,
    gradient: (dy, [x]) => [dy.mul(tf.sigmoid(x))],
  }));
}

function softsign(x: Tensor): Tensor {
  return composite([x], () => {
    const divisor = x.abs().add(1);
    return {
      value: x.div(divisor),
      saved: [divisor] as const,
      gradient: (dy, [divisor]) => [dy.div(divisor.square())],
    };
  });
}

function glu(x: Tensor): Tensor {
  return composite([x], () => {
    const [a, b] = tf.split(x, 2, -1);
    if (!a || !b) throw new OpnasError("INTERNAL", "split gave no halves");
    const gate = b.sigmoid();
    return {
      value: a.mul(gate),
      saved: [a, gate] as const,
      gradient: (dy, [a, gate]) => {
        const da = dy.mul(gate);
        return [tf.concat([da, da.mul(a).mul(tf.sub(1, gate))], -1)];
      },
    };
  });
}

function layerNorm(
  matMul: Product,
  x: Tensor,
  gain: Tensor,
  shift: Tensor,
  epsilon: number,
): Tensor {
  return composite([x, gain, shift], () => {
    const rows = asRows(x);
    const width = size(x, -1);
    const centred = rows.sub(rows.sum(-1, true).mul(1 / width));
    const variance = centred
      .square()
      .sum(-1, true)
      .mul(1 / width);
    const inverse = variance.add(epsilon).rsqrt();
    const normal = centred.mul(inverse);
    return {
      value: reshape(normal.mul(gain).add(shift), x.shape),
      saved: [normal, inverse, gain] as const,
      gradient: (dy, [normal, inverse, gain]) => {
        const dRows = asRows(dy);
        const weighted = dRows.mul(normal);
        const meanOf = gain.mul(1 / width).reshape([width, 1]);
        const along = normal.mul(matMul(weighted, meanOf));
        const dx = dRows.mul(gain).sub(matMul(dRows, meanOf)).sub(along).mul(inverse);
        return [reshape(dx, x.shape), weighted.sum(0), dRows.sum(0)];
      },
    };
  });
}

function softmax(x: Tensor, mask?: Tensor): Tensor {
  return composite([x], () => {
    const y = tf.softmax(mask ? x.add(mask) : x);
    return {
      value: y,
      saved: [y] as const,
      gradient: (dy, [y]) => {
        const share = dy.mul(y);
        return [share.sub(y.mul(share.sum(-1, true)))];
      },
    };
  });
}

function crossEntropy(logits: Tensor, labels: Tensor, shares: Tensor): Tensor {
  return composite([logits], () => {
    const [rows, classes] = [size(logits, 0), size(logits, 1)];
    const probabilities = tf.softmax(logits).reshape([rows * classes]);
    const targets = tf.range(0, rows, 1, "int32").mul(tf.scalar(classes, "int32")).add(labels);
    const ofTargets = tf.gather(probabilities, targets);
    return {
      value: ofTargets.maximum(1e-30).log().neg().mul(shares).sum(),
      saved: [probabilities, ofTargets, targets, shares] as const,
      gradient: (dy, [probabilities, ofTargets, targets, shares]) => {
        const scale = shares.mul(dy);
        const all = probabilities.reshape([rows, classes]).mul(scale.expandDims(1));
        const flat = all.reshape([rows * classes]);
        const atTargets = ofTargets.sub(1).mul(scale);
        const gradient = tf.tensorScatterUpdate(flat, targets.expandDims(1), atTargets);
        return [gradient.reshape([rows, classes])];
      },
    };
  });
}
