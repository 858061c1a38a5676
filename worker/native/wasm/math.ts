// AssemblyScript. Functions of four numbers at once, by the formulas of ../kernels/math.h; NaN
// gives NaN.

/** Returns four copies of a number. */
@inline
export function all(x: f32): v128 {
  return f32x4.splat(x);
}

/** Computes a · b + c. */
@inline
export function madd(a: v128, b: v128, c: v128): v128 {
  return f32x4.relaxed_madd(a, b, c);
}

/** Computes e^x with a relative error of about 1e-7; 0 for x < -87. */
@inline
export function exponential(given: v128): v128 {
  const vanishes = f32x4.lt(given, all(-87));
  const x = f32x4.min(given, all(88));
  const n = f32x4.nearest(f32x4.mul(x, all(1.44269504)));
  const r = madd(n, all(2.1219444e-4), madd(n, all(-0.693359375), x));
  let p = all(1.98756915e-4);
  p = madd(p, r, all(1.3981999507e-3));
  p = madd(p, r, all(8.3334519073e-3));
  p = madd(p, r, all(4.1665795894e-2));
  p = madd(p, r, all(1.6666665459e-1));
  p = madd(p, r, all(5.0000001201e-1));
  p = f32x4.add(madd(f32x4.mul(p, r), r, r), all(1));
  const power = i32x4.shl(i32x4.add(i32x4.trunc_sat_f32x4_s(n), i32x4.splat(127)), 23);
  return v128.andnot(f32x4.mul(p, power), vanishes);
}

/** Computes log(1 + z) for 0 ≤ z ≤ 1, without loss of precision for small z. */
@inline
export function logOnePlus(z: v128): v128 {
  const large = f32x4.gt(z, all(0.41421356));
  const f = v128.bitselect(madd(z, all(0.5), all(-0.5)), z, large);
  let p = all(7.0376836292e-2);
  p = madd(p, f, all(-1.151461031e-1));
  p = madd(p, f, all(1.167699874e-1));
  p = madd(p, f, all(-1.2420140846e-1));
  p = madd(p, f, all(1.4249322787e-1));
  p = madd(p, f, all(-1.6668057665e-1));
  p = madd(p, f, all(2.0000714765e-1));
  p = madd(p, f, all(-2.4999993993e-1));
  p = madd(p, f, all(3.3333331174e-1));
  const square = f32x4.mul(f, f);
  const log = f32x4.add(madd(f32x4.mul(p, square), f, f32x4.mul(square, all(-0.5))), f);
  return f32x4.add(log, v128.and(large, all(0.693147181)));
}

/** Computes 1 / (1 + e^-x). */
@inline
export function sigmoid(x: v128): v128 {
  return f32x4.div(all(1), f32x4.add(all(1), exponential(f32x4.neg(x))));
}

/** Sums the four numbers. */
@inline
export function total(x: v128): f32 {
  return (
    f32x4.extract_lane(x, 0) +
    f32x4.extract_lane(x, 1) +
    (f32x4.extract_lane(x, 2) + f32x4.extract_lane(x, 3))
  );
}

/**
 * Computes the natural logarithm of a positive number; AssemblyScript's own needs tables in memory.
 */
export function logarithm(x: f32): f32 {
  const bits = reinterpret<i32>(x);
  const exponent = <f32>((bits >> 23) - 127);
  const fraction = reinterpret<f32>((bits & 0x7fffff) | 0x3f800000) - 1;
  const log = f32x4.extract_lane(logOnePlus(all(fraction)), 0);
  // An infinite or undefined sum must stay so.
  return x - x == 0 ? exponent * <f32>0.693147181 + log : x;
}
