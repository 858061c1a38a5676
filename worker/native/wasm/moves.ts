// AssemblyScript. Sums, gathers, scatters and transposes. Pointers are in bytes, sizes in numbers.

/** Sums the rows of x [rows, width] → out [width]. */
export function sumRows(x: usize, out: usize, rows: usize, width: usize): void {
  const bytes = width << 2;
  memory.fill(out, 0, bytes);
  for (let r: usize = 0; r < rows; r++, x += bytes) addRow(x, out, bytes);
}

@inline
function addRow(x: usize, out: usize, bytes: usize): void {
  let i: usize = 0;
  for (; i + 16 <= bytes; i += 16) {
    v128.store(out + i, f32x4.add(v128.load(out + i), v128.load(x + i)));
  }
  for (; i < bytes; i += 4) store<f32>(out + i, load<f32>(out + i) + load<f32>(x + i));
}

/** Returns true if all ids are from 0 to `limit` − 1; the operations below do not check them. */
export function areWithin(ids: usize, count: usize, limit: i32): bool {
  for (let i: usize = 0; i < count; i++) {
    const id = load<i32>(ids + (i << 2));
    if (id < 0 || id >= limit) return false;
  }
  return true;
}

/** Gathers the rows of table [·, width] named by ids [count] → out [count, width]. */
export function gatherRows(table: usize, ids: usize, out: usize, count: usize, width: usize): void {
  const bytes = width << 2;
  for (let r: usize = 0; r < count; r++, out += bytes) {
    memory.copy(out, table + <usize>load<i32>(ids + (r << 2)) * bytes, bytes);
  }
}

/** Adds each row of x [count, width] to the row that its id names → out [segments, width]. */
export function scatterRows(
  x: usize,
  ids: usize,
  out: usize,
  count: usize,
  width: usize,
  segments: usize,
): void {
  const bytes = width << 2;
  memory.fill(out, 0, segments * bytes);
  for (let r: usize = 0; r < count; r++, x += bytes) {
    addRow(x, out + <usize>load<i32>(ids + (r << 2)) * bytes, bytes);
  }
}

/**
 * Copies d0 × d1 × d2 × d3 blocks of `bytes` bytes one after another into y. Along each of the four
 * loops the source moves on from x by s0, s1, s2 and s3 bytes per step. Transposes up to five axes.
 */
export function rearrange(
  x: usize,
  y: usize,
  d0: usize,
  s0: usize,
  d1: usize,
  s1: usize,
  d2: usize,
  s2: usize,
  d3: usize,
  s3: usize,
  bytes: usize,
): void {
  for (let i0: usize = 0; i0 < d0; i0++) {
    for (let i1: usize = 0; i1 < d1; i1++) {
      for (let i2: usize = 0; i2 < d2; i2++) {
        let from = x + i0 * s0 + i1 * s1 + i2 * s2;
        for (let i3: usize = 0; i3 < d3; i3++, from += s3, y += bytes) copyBlock(from, y, bytes);
      }
    }
  }
}

@inline
function copyBlock(from: usize, to: usize, bytes: usize): void {
  let i: usize = 0;
  for (; i + 16 <= bytes; i += 16) v128.store(to + i, v128.load(from + i));
  for (; i < bytes; i += 4) store<f32>(to + i, load<f32>(from + i));
}
