import type { Term } from "../architecture/canonical.js";
import {
  graphInputs,
  type AttentionGraph,
  type GraphInput,
  type Operation,
  type Reference,
} from "../architecture/schema.js";
import { stream } from "../random.js";

export type Matrix = readonly (readonly number[])[];
export type Inputs = Readonly<Record<GraphInput, Matrix>>;

/**
 * Tokens and head size of the numeric checks: different, so that a mixed-up axis shows, and with an
 * irrational √d, so that scaling is never the same as adding.
 */
export const tokens = 3;
export const headSize = 5;

/** Samples standard normal inputs, each [tokens, headSize]. */
export function randomInputs(seed: number): Inputs {
  const random = stream(seed, "inputs of a numeric check");
  const matrix = (): Matrix =>
    Array.from({ length: tokens }, () => Array.from({ length: headSize }, () => random.normal()));
  return { Q: matrix(), K: matrix(), V: matrix(), P: matrix() };
}

/** Computes a graph's output by the definitions of the operations and nothing else. */
export function evaluateGraph(graph: AttentionGraph, inputs: Inputs): Matrix {
  const values: Matrix[] = [];
  const valueOf = (reference: Reference): Matrix =>
    typeof reference === "string" ? inputs[reference] : present(values[reference]);
  for (const { op, args } of graph.nodes) values.push(apply(op, args.map(valueOf)));
  return valueOf(graph.output);
}

/** Computes the value of a canonical term. */
export function evaluateTerm(term: Term, inputs: Inputs): Matrix {
  const cores = new Map<string, Matrix>();
  const evaluate = ({ negated, scales, transposed, core }: Term): Matrix => {
    let value = cores.get(core.key);
    if (!value) {
      const input = graphInputs.find((name) => name === core.key);
      if (input) value = inputs[input];
      else if (core.operation === "add")
        value = weightedSum(core.args.map(evaluate), core.coefficients);
      else if (core.operation !== "input") value = apply(core.operation, core.args.map(evaluate));
      cores.set(core.key, present(value));
    }
    const factor = (negated ? -1 : 1) / Math.sqrt(headSize) ** scales;
    const turned = transposed ? transposeMatrix(present(value)) : present(value);
    return turned.map((row) => row.map((x) => x * factor));
  };
  return evaluate(term);
}

/** Returns true if two matrices are equal up to rounding. */
export function agree(a: Matrix, b: Matrix, tolerance = 1e-6): boolean {
  const size = Math.max(1, ...a.flat().map(Math.abs));
  return (
    a.length === b.length &&
    a.every((row, i) => {
      const other = present(b[i]);
      return (
        row.length === other.length &&
        row.every((x, j) => Math.abs(x - present(other[j])) <= tolerance * size)
      );
    })
  );
}

/** Thrown where rounding decides a result, so that equal graphs may differ in floating point. */
export class IllConditioned extends Error {}

function apply(op: Operation, [a = [], b = []]: readonly Matrix[]): Matrix {
  const result = applyExactly(op, a, b);
  if (result.flat().some((x) => !Number.isFinite(x) || Math.abs(x) > 1e4))
    throw new IllConditioned();
  return result;
}

function applyExactly(op: Operation, a: Matrix, b: Matrix): Matrix {
  const each = (f: (x: number) => number) => a.map((row) => row.map(f));
  switch (op) {
    case "neg":
      return each((x) => -x);
    case "scale":
      return each((x) => x / Math.sqrt(headSize));
    case "logsigmoid":
      return each((x) => Math.min(x, 0) - Math.log1p(Math.exp(-Math.abs(x))));
    case "softsign":
      return each((x) => x / (1 + Math.abs(x)));
    case "transpose":
      return transposeMatrix(a);
    case "softmax":
      return a.map((row) => {
        const weights = row.map((x) => Math.exp(x - Math.max(...row)));
        return weights.map((weight) => weight / sum(weights));
      });
    case "add":
      return weightedSum([a, b], [1, 1]);
    case "matmul": {
      const columns = transposeMatrix(b);
      return a.map((row) => columns.map((column) => dot(row, column)));
    }
    case "cosine":
      return a.map((x) => b.map((y) => dot(x, y) / (norm(x) * norm(y))));
    case "euclidean":
      return a.map((x) => b.map((y) => Math.hypot(...x.map((value, i) => value - present(y[i])))));
  }
}

function norm(row: readonly number[]): number {
  const length = Math.hypot(...row);
  if (length < 1e-3) throw new IllConditioned();
  return length;
}

function weightedSum(matrices: readonly Matrix[], weights: readonly number[]): Matrix {
  return present(matrices[0]).map((row, i) =>
    row.map((_, j) =>
      sum(matrices.map((matrix, k) => present(weights[k]) * present(matrix[i]?.[j]))),
    ),
  );
}

function transposeMatrix(matrix: Matrix): Matrix {
  return present(matrix[0]).map((_, column) => matrix.map((row) => present(row[column])));
}

function dot(a: readonly number[], b: readonly number[]): number {
  return sum(a.map((x, i) => x * present(b[i])));
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

function present<T>(value: T | undefined): T {
  if (value === undefined) throw new Error("The numeric check read outside a matrix.");
  return value;
}
