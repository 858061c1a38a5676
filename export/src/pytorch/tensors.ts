import type { Architecture } from "@opnas/core";
import { segmentTensor, tensorPlaces } from "./tensorNames.js";

/** A tensor of float32 numbers, row after row. */
export interface FloatTensor {
  shape: number[];
  data: Float32Array;
}

/**
 * Returns a model's tensors by the names and in the layout of the classes in `modelingFile`. Those
 * that have no place there are left out.
 */
export function pytorchTensors(
  architecture: Architecture,
  tensors: ReadonlyMap<string, FloatTensor>,
): Map<string, FloatTensor> {
  const result = new Map<string, FloatTensor>();
  for (const [from, { name, isTransposed }] of tensorPlaces(architecture)) {
    const tensor = tensors.get(from);
    if (tensor === undefined) continue;
    result.set(name, isTransposed ? transposed(tensor) : tensor);
  }
  const [, hidden = 0] = tensors.get("embedding.token.weight")?.shape ?? [];
  result.set(segmentTensor.name, segmentTable(hidden, tensors.get(segmentTensor.from)));
  return result;
}

/** Returns the table of segment embeddings [2, hidden]: zeros, then the second segment's. */
export function segmentTable(hidden: number, second: FloatTensor | undefined): FloatTensor {
  const data = new Float32Array(2 * hidden);
  if (second !== undefined) data.set(second.data, hidden);
  return { shape: [2, hidden], data };
}

/** Turns a matrix [rows, columns] into [columns, rows]. */
export function transposed({ shape, data }: FloatTensor): FloatTensor {
  const [rows = 0, columns = 0] = shape;
  const turned = new Float32Array(data.length);
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      turned[column * rows + row] = data[row * columns + column] ?? 0;
    }
  }
  return { shape: [columns, rows], data: turned };
}
