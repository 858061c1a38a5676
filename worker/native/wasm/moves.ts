// AssemblyScript. Rows summed, gathered, scattered and rearranged. Pointers are in bytes, sizes in
// numbers.

/** Adds the rows of x [rows, width] into out [width]. */
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

/** Whether all ids are at least 0 and less than `limit`: the operations below trust them. */
export function areWithin(ids: usize, count: usize, limit: i32): bool {
  for (let i: usize = 0; i < count; i++) {
    const id = load<i32>(ids + (i << 2));
    if (id < 0 || id >= limit) return false;
  }
  return true;
}

/** The rows of table [·, width] named by ids [count]. */
export function gatherRows(table: usize, ids: usize, out: usize, count: usize, width: usize): void {
  const bytes = width << 2;
  for (let r: usize = 0; r < count; r++, out += bytes) {
    memory.copy(out, table + <usize>load<i32>(ids + (r << 2)) * bytes, bytes);
  }
}

/** Adds each row of x [count, width] to the row of out [segments, width] that its id names. */
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

/** x [outer, a, b, width] → y [outer, b, a, width]. */
export function swapMiddle(
  x: usize,
  y: usize,
  outer: usize,
  a: usize,
  b: usize,
  width: usize,
): void {
  const bytes = width << 2;
  for (let o: usize = 0; o < outer; o++) {
    for (let j: usize = 0; j < b; j++) {
      let from = x + (o * a * b + j) * bytes;
      for (let i: usize = 0; i < a; i++, from += b * bytes, y += bytes) {
        if (bytes == 64) {
          v128.store(y, v128.load(from));
          v128.store(y, v128.load(from, 16), 16);
          v128.store(y, v128.load(from, 32), 32);
          v128.store(y, v128.load(from, 48), 48);
        } else {
          memory.copy(y, from, bytes);
        }
      }
    }
  }
}
