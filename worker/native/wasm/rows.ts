// AssemblyScript. Operations that work row by row. Pointers are in bytes, sizes in numbers.
import { all, exponential, logarithm, madd, total } from "./math";

/**
 * Layer norm: x [rows, width], gain, shift [width] → y [rows, width], and the mean and 1 /
 * deviation of each row [rows].
 */
export function layerNorm(
  x: usize,
  gain: usize,
  shift: usize,
  epsilon: f32,
  y: usize,
  means: usize,
  inverses: usize,
  rows: usize,
  width: usize,
): void {
  const bytes = width << 2;
  const share: f32 = <f32>1 / <f32>width;
  for (let r: usize = 0; r < rows; r++, x += bytes, y += bytes) {
    const mean = sum(x, bytes) * share;
    const inverse: f32 = <f32>1 / Mathf.sqrt(squares(x, mean, bytes) * share + epsilon);
    const m4 = all(mean);
    const i4 = all(inverse);
    let i: usize = 0;
    for (; i + 16 <= bytes; i += 16) {
      const normal = f32x4.mul(f32x4.sub(v128.load(x + i), m4), i4);
      v128.store(y + i, madd(normal, v128.load(gain + i), v128.load(shift + i)));
    }
    for (; i < bytes; i += 4) {
      const normal = (load<f32>(x + i) - mean) * inverse;
      store<f32>(y + i, normal * load<f32>(gain + i) + load<f32>(shift + i));
    }
    store<f32>(means + (r << 2), mean);
    store<f32>(inverses + (r << 2), inverse);
  }
}

@inline
function sum(x: usize, bytes: usize): f32 {
  let four = all(0);
  let i: usize = 0;
  for (; i + 16 <= bytes; i += 16) four = f32x4.add(four, v128.load(x + i));
  let result = total(four);
  for (; i < bytes; i += 4) result += load<f32>(x + i);
  return result;
}

@inline
function squares(x: usize, mean: f32, bytes: usize): f32 {
  let four = all(0);
  let i: usize = 0;
  for (; i + 16 <= bytes; i += 16) {
    const c = f32x4.sub(v128.load(x + i), all(mean));
    four = madd(c, c, four);
  }
  let result = total(four);
  for (; i < bytes; i += 4) {
    const c = load<f32>(x + i) - mean;
    result += c * c;
  }
  return result;
}

/**
 * Gradient of `layerNorm`: dy, x [rows, width] → dx [rows, width], and dGain, dShift [width], which
 * must be zeros at first.
 */
export function layerNormGradient(
  dy: usize,
  x: usize,
  gain: usize,
  means: usize,
  inverses: usize,
  dx: usize,
  dGain: usize,
  dShift: usize,
  rows: usize,
  width: usize,
): void {
  const bytes = width << 2;
  const share: f32 = <f32>1 / <f32>width;
  for (let r: usize = 0; r < rows; r++, x += bytes, dy += bytes, dx += bytes) {
    const mean = load<f32>(means + (r << 2));
    const inverse = load<f32>(inverses + (r << 2));
    const m4 = all(mean);
    const i4 = all(inverse);
    let sum4 = all(0);
    let along4 = all(0);
    let i: usize = 0;
    for (; i + 16 <= bytes; i += 16) {
      const g = v128.load(dy + i);
      const normal = f32x4.mul(f32x4.sub(v128.load(x + i), m4), i4);
      const d = f32x4.mul(g, v128.load(gain + i));
      sum4 = f32x4.add(sum4, d);
      along4 = madd(d, normal, along4);
      v128.store(dGain + i, madd(g, normal, v128.load(dGain + i)));
      v128.store(dShift + i, f32x4.add(g, v128.load(dShift + i)));
    }
    let sum = total(sum4);
    let along = total(along4);
    for (; i < bytes; i += 4) {
      const g = load<f32>(dy + i);
      const normal = (load<f32>(x + i) - mean) * inverse;
      const d = g * load<f32>(gain + i);
      sum += d;
      along += d * normal;
      store<f32>(dGain + i, load<f32>(dGain + i) + g * normal);
      store<f32>(dShift + i, load<f32>(dShift + i) + g);
    }
    sum *= share;
    along *= share;
    const s4 = all(sum);
    const a4 = all(along);
    for (i = 0; i + 16 <= bytes; i += 16) {
      const normal = f32x4.mul(f32x4.sub(v128.load(x + i), m4), i4);
      const d = f32x4.mul(v128.load(dy + i), v128.load(gain + i));
      const centred = f32x4.sub(f32x4.sub(d, s4), f32x4.mul(normal, a4));
      v128.store(dx + i, f32x4.mul(centred, i4));
    }
    for (; i < bytes; i += 4) {
      const normal = (load<f32>(x + i) - mean) * inverse;
      const d = load<f32>(dy + i) * load<f32>(gain + i);
      store<f32>(dx + i, (d - sum - normal * along) * inverse);
    }
  }
}

@inline
function largest(x: usize, bytes: usize): f32 {
  let four = v128.load_splat<f32>(x);
  let i: usize = 0;
  for (; i + 16 <= bytes; i += 16) four = f32x4.pmax(four, v128.load(x + i));
  let top = f32x4.extract_lane(four, 0);
  top = max(top, f32x4.extract_lane(four, 1));
  top = max(top, max(f32x4.extract_lane(four, 2), f32x4.extract_lane(four, 3)));
  for (; i < bytes; i += 4) top = max(top, load<f32>(x + i));
  return top;
}

/** Writes e^(x − top) to y, if y is not 0, and returns the sum. */
@inline
function exponentials(x: usize, top: f32, y: usize, bytes: usize): f32 {
  const t4 = all(top);
  let four = all(0);
  let i: usize = 0;
  for (; i + 16 <= bytes; i += 16) {
    const e = exponential(f32x4.sub(v128.load(x + i), t4));
    four = f32x4.add(four, e);
    if (y) v128.store(y + i, e);
  }
  let result = total(four);
  for (; i < bytes; i += 4) {
    const e = f32x4.extract_lane(exponential(all(load<f32>(x + i) - top)), 0);
    result += e;
    if (y) store<f32>(y + i, e);
  }
  return result;
}

/**
 * Softmax of x + mask: x [rows, width], mask [masks, width], each row of which serves rows / masks
 * rows of x in order → y [rows, width].
 */
export function softmax(
  x: usize,
  mask: usize,
  masks: usize,
  y: usize,
  rows: usize,
  width: usize,
): void {
  const bytes = width << 2;
  const served = masks ? rows / masks : 1;
  for (let r: usize = 0; r < rows; r++, x += bytes, y += bytes) {
    let from = x;
    if (masks) {
      const add = mask + (r / served) * bytes;
      for (let i: usize = 0; i < bytes; i += 4) {
        store<f32>(y + i, load<f32>(x + i) + load<f32>(add + i));
      }
      from = y;
    }
    const sum = exponentials(from, largest(from, bytes), y, bytes);
    const inverse: f32 = <f32>1 / sum;
    let i: usize = 0;
    for (; i + 16 <= bytes; i += 16) v128.store(y + i, f32x4.mul(v128.load(y + i), all(inverse)));
    for (; i < bytes; i += 4) store<f32>(y + i, load<f32>(y + i) * inverse);
  }
}

/** Gradient of `softmax`: dy, y [rows, width] → dx [rows, width]. */
export function softmaxGradient(dy: usize, y: usize, dx: usize, rows: usize, width: usize): void {
  const bytes = width << 2;
  for (let r: usize = 0; r < rows; r++, dy += bytes, y += bytes, dx += bytes) {
    let four = all(0);
    let i: usize = 0;
    for (; i + 16 <= bytes; i += 16) four = madd(v128.load(dy + i), v128.load(y + i), four);
    let along = total(four);
    for (; i < bytes; i += 4) along += load<f32>(dy + i) * load<f32>(y + i);
    for (i = 0; i + 16 <= bytes; i += 16) {
      const centred = f32x4.sub(v128.load(dy + i), all(along));
      v128.store(dx + i, f32x4.mul(centred, v128.load(y + i)));
    }
    for (; i < bytes; i += 4) {
      store<f32>(dx + i, (load<f32>(dy + i) - along) * load<f32>(y + i));
    }
  }
}

/**
 * Cross-entropy: logits [rows, classes], labels, shares [rows] → loss Σ share · −log
 * softmax(logits)[label] [], and logSums log Σ e^logits [rows].
 */
export function crossEntropy(
  logits: usize,
  labels: usize,
  shares: usize,
  loss: usize,
  logSums: usize,
  rows: usize,
  classes: usize,
): void {
  const bytes = classes << 2;
  let sum: f64 = 0;
  for (let r: usize = 0; r < rows; r++, logits += bytes) {
    const top = largest(logits, bytes);
    const logSum = top + logarithm(exponentials(logits, top, 0, bytes));
    store<f32>(logSums + (r << 2), logSum);
    const ofLabel = load<f32>(logits + ((<usize>load<i32>(labels + (r << 2))) << 2));
    sum += <f64>load<f32>(shares + (r << 2)) * <f64>(logSum - ofLabel);
  }
  store<f32>(loss, <f32>sum);
}

/**
 * Gradient of `crossEntropy`: dy [], logits [rows, classes], labels, shares, logSums [rows] → dx
 * like logits.
 */
export function crossEntropyGradient(
  dy: f32,
  logits: usize,
  labels: usize,
  shares: usize,
  logSums: usize,
  dx: usize,
  rows: usize,
  classes: usize,
): void {
  const bytes = classes << 2;
  for (let r: usize = 0; r < rows; r++, logits += bytes, dx += bytes) {
    const scale = dy * load<f32>(shares + (r << 2));
    const logSum = load<f32>(logSums + (r << 2));
    let i: usize = 0;
    for (; i + 16 <= bytes; i += 16) {
      const p = exponential(f32x4.sub(v128.load(logits + i), all(logSum)));
      v128.store(dx + i, f32x4.mul(p, all(scale)));
    }
    for (; i < bytes; i += 4) {
      const p = exponential(all(load<f32>(logits + i) - logSum));
      store<f32>(dx + i, f32x4.extract_lane(p, 0) * scale);
    }
    const at = dx + ((<usize>load<i32>(labels + (r << 2))) << 2);
    store<f32>(at, load<f32>(at) - scale);
  }
}
