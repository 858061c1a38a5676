import type { NamedTensor } from "../model/tensors.js";

/** Copies rows of a table [r, c] in the order of `rows` → [rows, c]. */
export function gatheredRows({ shape, data }: NamedTensor, rows: Int32Array): NamedTensor {
  const [, columns = 1] = shape;
  const gathered = new Float32Array(rows.length * columns);
  for (const [to, from] of rows.entries()) {
    gathered.set(data.subarray(from * columns, (from + 1) * columns), to * columns);
  }
  return { shape: [rows.length, ...shape.slice(1)], data: gathered };
}

/**
 * Puts tables of positions [n, c] and segments [1 or 2, c] into the platform's form. There only
 * the second segment has an embedding, so that the first one's is added to every position's.
 * @returns the positions, and the second segment's embedding [c], if there are two
 */
export function placesAndSegment(
  positions: NamedTensor,
  segments: NamedTensor,
): { positions: NamedTensor; second: NamedTensor | undefined } {
  const [count = 1, columns = 0] = segments.shape;
  const first = segments.data.subarray(0, columns);
  const isMoved = first.some((value) => value !== 0);
  const add = (value: number, at: number) => value + (first[at % columns] ?? 0);
  const second = segments.data
    .slice(columns, 2 * columns)
    .map((value, at) => value - (first[at] ?? 0));
  return {
    positions: isMoved ? { ...positions, data: positions.data.map(add) } : positions,
    second: count < 2 ? undefined : { shape: [columns], data: second },
  };
}

/** Fills a matrix [rows, columns] up with columns of zeros. */
export function widened({ shape, data }: NamedTensor, width: number): NamedTensor {
  const [rows = 0, columns = 0] = shape;
  const wide = new Float32Array(rows * width);
  for (let row = 0; row < rows; row++) {
    wide.set(data.subarray(row * columns, (row + 1) * columns), row * width);
  }
  return { shape: [rows, width], data: wide };
}

/** Fills a vector or the rows of a matrix up with zeros. */
export function lengthened({ shape, data }: NamedTensor, length: number): NamedTensor {
  const [, ...rest] = shape;
  const long = new Float32Array(rest.reduce((product, each) => product * each, length));
  long.set(data);
  return { shape: [length, ...rest], data: long };
}
