// AssemblyScript. Products of many matrices. Pointers and strides are in bytes.
import { all, madd } from "./math";

/** Columns of the result that are computed together, as two vectors. */
const PANEL: usize = 8;

/**
 * Computes c = a · b + bias for each of `count` pairs: a [n, k], b [k, m], bias [m], c [n, m]. The
 * strides are the bytes of a step along n or k (in a) and along k or m (in b), so that transposed
 * matrices need no copy. `scratch` holds k × 8 numbers. There is no bias if its address is 0.
 */
export function product(
  a: usize,
  aRow: usize,
  aInner: usize,
  b: usize,
  bInner: usize,
  bColumn: usize,
  bias: usize,
  c: usize,
  scratch: usize,
  count: usize,
  n: usize,
  k: usize,
  m: usize,
): void {
  const aSize = (n * k) << 2;
  const bSize = (k * m) << 2;
  const cRow = m << 2;
  for (let pair: usize = 0; pair < count; pair++) {
    for (let column: usize = 0; column < m; column += PANEL) {
      const wide = min(PANEL, m - column);
      pack(b + column * bColumn, bInner, bColumn, scratch, k, wide);
      startFrom(bias ? bias + (column << 2) : 0, wide);
      const out = c + (column << 2);
      let row: usize = 0;
      for (; row + 4 <= n; row += 4) {
        fourRows(a + row * aRow, aRow, aInner, scratch, out + row * cRow, cRow, k, wide);
      }
      for (; row < n; row++) {
        oneRow(a + row * aRow, aInner, scratch, out + row * cRow, k, wide);
      }
    }
    a += aSize;
    b += bSize;
    c += n * cRow;
  }
}

/** The initial values of a row of the panel. */
let startLow: v128 = f32x4.splat(0);
let startHigh: v128 = f32x4.splat(0);

function startFrom(bias: usize, wide: usize): void {
  startLow = all(0);
  startHigh = all(0);
  if (!bias) return;
  if (wide == PANEL) {
    startLow = v128.load(bias);
    startHigh = v128.load(bias, 16);
    return;
  }
  if (wide > 0) startLow = f32x4.replace_lane(startLow, 0, load<f32>(bias));
  if (wide > 1) startLow = f32x4.replace_lane(startLow, 1, load<f32>(bias, 4));
  if (wide > 2) startLow = f32x4.replace_lane(startLow, 2, load<f32>(bias, 8));
  if (wide > 3) startLow = f32x4.replace_lane(startLow, 3, load<f32>(bias, 12));
  if (wide > 4) startHigh = f32x4.replace_lane(startHigh, 0, load<f32>(bias, 16));
  if (wide > 5) startHigh = f32x4.replace_lane(startHigh, 1, load<f32>(bias, 20));
  if (wide > 6) startHigh = f32x4.replace_lane(startHigh, 2, load<f32>(bias, 24));
}

/** Copies up to eight columns of b, with zeros for the missing ones, one row after another. */
function pack(b: usize, bInner: usize, bColumn: usize, to: usize, k: usize, wide: usize): void {
  if (wide == PANEL && bColumn == 4) {
    for (let i: usize = 0; i < k; i++, b += bInner, to += 32) {
      v128.store(to, v128.load(b));
      v128.store(to, v128.load(b, 16), 16);
    }
    return;
  }
  for (let i: usize = 0; i < k; i++, b += bInner, to += 32) {
    for (let j: usize = 0; j < PANEL; j++) {
      store<f32>(to + (j << 2), j < wide ? load<f32>(b + j * bColumn) : 0);
    }
  }
}

@inline
function put(c: usize, low: v128, high: v128, wide: usize): void {
  if (wide == PANEL) {
    v128.store(c, low);
    v128.store(c, high, 16);
    return;
  }
  for (let j: usize = 0; j < wide; j++) {
    const four = j < 4 ? low : high;
    const lane = j & 3;
    const x =
      lane == 0
        ? f32x4.extract_lane(four, 0)
        : lane == 1
          ? f32x4.extract_lane(four, 1)
          : lane == 2
            ? f32x4.extract_lane(four, 2)
            : f32x4.extract_lane(four, 3);
    store<f32>(c + (j << 2), x);
  }
}

function fourRows(
  a: usize,
  aRow: usize,
  aInner: usize,
  b: usize,
  c: usize,
  cRow: usize,
  k: usize,
  wide: usize,
): void {
  let low0 = startLow,
    low1 = startLow,
    low2 = startLow,
    low3 = startLow;
  let high0 = startHigh,
    high1 = startHigh,
    high2 = startHigh,
    high3 = startHigh;
  const a1 = aRow;
  const a2 = aRow + aRow;
  const a3 = a2 + aRow;
  for (let i: usize = 0; i < k; i++, a += aInner, b += 32) {
    const low = v128.load(b);
    const high = v128.load(b, 16);
    const x0 = v128.load_splat<f32>(a);
    low0 = madd(x0, low, low0);
    high0 = madd(x0, high, high0);
    const x1 = v128.load_splat<f32>(a + a1);
    low1 = madd(x1, low, low1);
    high1 = madd(x1, high, high1);
    const x2 = v128.load_splat<f32>(a + a2);
    low2 = madd(x2, low, low2);
    high2 = madd(x2, high, high2);
    const x3 = v128.load_splat<f32>(a + a3);
    low3 = madd(x3, low, low3);
    high3 = madd(x3, high, high3);
  }
  put(c, low0, high0, wide);
  put(c + cRow, low1, high1, wide);
  put(c + 2 * cRow, low2, high2, wide);
  put(c + 3 * cRow, low3, high3, wide);
}

function oneRow(a: usize, aInner: usize, b: usize, c: usize, k: usize, wide: usize): void {
  let low = startLow;
  let high = startHigh;
  for (let i: usize = 0; i < k; i++, a += aInner, b += 32) {
    const x = v128.load_splat<f32>(a);
    low = madd(x, v128.load(b), low);
    high = madd(x, v128.load(b, 16), high);
  }
  put(c, low, high, wide);
}
