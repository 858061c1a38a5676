// AssemblyScript. Elementwise functions, each with its derivative, and the gated linear unit.
// Pointers are in bytes, sizes in numbers.
import { all, exponential, logOnePlus, madd, sigmoid } from "./math";

/** The functions that `at` computes, by number. */
const GELU = 0;
const LOG_SIGMOID = 1;
const SOFTPLUS = 2;
const SOFTSIGN = 3;

/** The derivatives that `at` computed last. */
let slope: v128 = f32x4.splat(0);

/** Computes a function of four numbers; the derivatives go into `slope`. */
@inline
function at(which: i32, x: v128): v128 {
  const size = f32x4.abs(x);
  if (which == SOFTSIGN) {
    const inverse = f32x4.div(all(1), f32x4.add(all(1), size));
    slope = f32x4.mul(inverse, inverse);
    return f32x4.mul(x, inverse);
  }
  const negative = f32x4.lt(x, all(0));
  if (which == GELU) {
    const a = f32x4.mul(size, all(0.707106781));
    const t = f32x4.div(all(1), madd(a, all(0.3275911), all(1)));
    let p = all(1.061405429);
    p = madd(p, t, all(-1.453152027));
    p = madd(p, t, all(1.421413741));
    p = madd(p, t, all(-0.284496736));
    p = madd(p, t, all(0.254829592));
    const bell = exponential(f32x4.neg(f32x4.mul(a, a)));
    const tail = f32x4.mul(f32x4.mul(f32x4.mul(p, t), bell), all(0.5));
    const cdf = v128.bitselect(tail, f32x4.sub(all(1), tail), negative);
    slope = madd(f32x4.mul(x, bell), all(0.39894228), cdf);
    return f32x4.mul(x, cdf);
  }
  // log sigmoid(x) = min(x, 0) − log(1 + e^−|x|), and softplus(x) = max(x, 0) + the same log.
  const e = exponential(f32x4.neg(size));
  const inverse = f32x4.div(all(1), f32x4.add(all(1), e));
  const small = f32x4.mul(e, inverse);
  if (which == LOG_SIGMOID) {
    slope = v128.bitselect(inverse, small, negative);
    return f32x4.sub(v128.and(x, negative), logOnePlus(e));
  }
  slope = v128.bitselect(small, inverse, negative);
  return f32x4.add(v128.andnot(x, negative), logOnePlus(e));
}

/** Computes a function and its derivative: x [count] → y, dydx [count]. */
@inline
function each(which: i32, x: usize, y: usize, dydx: usize, count: usize): void {
  const end = count << 2;
  let i: usize = 0;
  for (; i + 16 <= end; i += 16) {
    v128.store(y + i, at(which, v128.load(x + i)));
    v128.store(dydx + i, slope);
  }
  for (; i < end; i += 4) {
    v128.store_lane<f32>(y + i, at(which, v128.load_splat<f32>(x + i)), 0);
    v128.store_lane<f32>(dydx + i, slope, 0);
  }
}

/** GELU and its derivative: x [count] → y, dydx [count]. */
export function gelu(x: usize, y: usize, dydx: usize, count: usize): void {
  each(GELU, x, y, dydx, count);
}

/** Log of the sigmoid and its derivative: x [count] → y, dydx [count]. */
export function logSigmoid(x: usize, y: usize, dydx: usize, count: usize): void {
  each(LOG_SIGMOID, x, y, dydx, count);
}

/** Softplus and its derivative: x [count] → y, dydx [count]. */
export function softplus(x: usize, y: usize, dydx: usize, count: usize): void {
  each(SOFTPLUS, x, y, dydx, count);
}

/** Softsign and its derivative: x [count] → y, dydx [count]. */
export function softsign(x: usize, y: usize, dydx: usize, count: usize): void {
  each(SOFTSIGN, x, y, dydx, count);
}

/** Gated linear unit: x = [a, b] [rows, 2 · width] → y = a · sigmoid(b) [rows, width]. */
export function glu(x: usize, y: usize, rows: usize, width: usize): void {
  const bytes = width << 2;
  for (let r: usize = 0; r < rows; r++, x += 2 * bytes, y += bytes) {
    let i: usize = 0;
    for (; i + 16 <= bytes; i += 16) {
      v128.store(y + i, f32x4.mul(v128.load(x + i), sigmoid(v128.load(x + bytes + i))));
    }
    for (; i < bytes; i += 4) {
      const gate = sigmoid(v128.load_splat<f32>(x + bytes + i));
      v128.store_lane<f32>(y + i, f32x4.mul(v128.load_splat<f32>(x + i), gate), 0);
    }
  }
}

let db: v128 = f32x4.splat(0);

@inline
function gluSlopes(dy: v128, a: v128, b: v128): v128 {
  const gate = sigmoid(b);
  const da = f32x4.mul(dy, gate);
  db = f32x4.mul(f32x4.mul(da, a), f32x4.sub(all(1), gate));
  return da;
}

/** Gradient of `glu`: dy [rows, width], x [rows, 2 · width] → dx [rows, 2 · width]. */
export function gluGradient(dy: usize, x: usize, dx: usize, rows: usize, width: usize): void {
  const bytes = width << 2;
  for (let r: usize = 0; r < rows; r++, dy += bytes, x += 2 * bytes, dx += 2 * bytes) {
    let i: usize = 0;
    for (; i + 16 <= bytes; i += 16) {
      const da = gluSlopes(v128.load(dy + i), v128.load(x + i), v128.load(x + bytes + i));
      v128.store(dx + i, da);
      v128.store(dx + bytes + i, db);
    }
    for (; i < bytes; i += 4) {
      const a = v128.load_splat<f32>(x + i);
      const b = v128.load_splat<f32>(x + bytes + i);
      const da = gluSlopes(v128.load_splat<f32>(dy + i), a, b);
      v128.store_lane<f32>(dx + i, da, 0);
      v128.store_lane<f32>(dx + bytes + i, db, 0);
    }
  }
}
