import { OpnasError } from "../errors.js";
import { binaryOperations, type AttentionGraph, type Operation, type Reference } from "./schema.js";

/**
 * The shape of a value per head: n tokens, d = d_h = hidden / heads. Both are symbols, so that a
 * graph is never legal only because n happens to equal d.
 *
 * The operations (docs/paper.md §1), with A of shape [r, c]:
 *
 * | operation | result | shapes |
 * |---|---|---|
 * | neg, logsigmoid, softsign | −A, log σ(A), A / (1 + abs(A)), element by element | [r, c] |
 * | scale | A / √d_h | [r, c] |
 * | softmax | over the last axis | [r, c] |
 * | transpose | Aᵀ | [c, r] |
 * | add | A + B | B [r, c] → [r, c] |
 * | matmul | A · B | B [c, s] → [r, s] |
 * | cosine | cosine of row i of A and row j of B, 0 if either is 0 | B [s, c] → [r, s] |
 * | euclidean | distance of row i of A and row j of B (not squared) | B [s, c] → [r, s] |
 *
 * Padding. An operation that contracts or normalises over the token axis masks padded tokens:
 * matmul whose inner axis is n (zeros in the padded rows of B), softmax whose last axis is n (minus
 * infinity before it), cosine and euclidean whose columns are n (zeros in the padded columns of A
 * and of B). No other operation mixes tokens. So, for every legal graph, the real rows of a padded
 * batch equal those of the sentence alone, whatever the padded rows hold.
 */
export type Shape = "n×d" | "d×n" | "n×n" | "d×d";
/** An axis: tokens, or dimensions of a head. */
export type Axis = "n" | "d";

const binary: ReadonlySet<Operation> = new Set(binaryOperations);

/** Returns the number of arguments that an operation takes. */
export function arity(operation: Operation): 1 | 2 {
  return binary.has(operation) ? 2 : 1;
}

/** Returns the shape with these axes. */
export function shapeOf(rows: Axis, columns: Axis): Shape {
  return `${rows}×${columns}`;
}

/** Returns the axes of a shape. */
export function axesOf(shape: Shape): { rows: Axis; columns: Axis } {
  return {
    rows: shape.startsWith("n") ? "n" : "d",
    columns: shape.endsWith("n") ? "n" : "d",
  };
}

/**
 * Returns the shape of an operation's result, or a sentence that says why the arguments do not fit.
 */
export function resultShape(
  operation: Operation,
  args: readonly Shape[],
): { shape: Shape } | { problem: string } {
  const [first, second] = args;
  if (args.length !== arity(operation) || first === undefined) {
    return {
      problem: `it takes ${arity(operation) === 1 ? "one argument" : "two arguments"}, not ${args.length}`,
    };
  }
  const a = axesOf(first);
  if (second === undefined) {
    return { shape: operation === "transpose" ? shapeOf(a.columns, a.rows) : first };
  }
  const b = axesOf(second);
  const given = `not ${first} and ${second}`;
  switch (operation) {
    case "add":
      if (first !== second) return { problem: `it adds two equal shapes, ${given}` };
      return { shape: first };
    case "matmul":
      if (a.columns !== b.rows) {
        return { problem: `columns of the first argument must be rows of the second, ${given}` };
      }
      return { shape: shapeOf(a.rows, b.columns) };
    default:
      if (a.columns !== b.columns) {
        return { problem: `it compares rows of equal length, ${given}` };
      }
      return { shape: shapeOf(a.rows, b.rows) };
  }
}

/**
 * Returns the shape of every node in the graph's order, or the first node that does not fit and
 * why.
 */
export function traceShapes(
  graph: AttentionGraph,
): { shapes: Shape[] } | { node: number; problem: string } {
  const shapes: Shape[] = [];
  for (const [node, { op, args }] of graph.nodes.entries()) {
    const given: Shape[] = [];
    for (const argument of args) {
      const shape = shapeOfReference(argument, shapes);
      if (shape === undefined) {
        const problem = `it refers to node ${argument}, but an argument must be an earlier node`;
        return { node, problem };
      }
      given.push(shape);
    }
    const result = resultShape(op, given);
    if ("problem" in result) return { node, problem: result.problem };
    shapes.push(result.shape);
  }
  return { shapes };
}

/**
 * Returns the shape of every node, in the graph's order.
 *
 * @throws OpnasError BAD_ARCHITECTURE if a reference, an arity or a shape is wrong
 */
export function graphShapes(graph: AttentionGraph): Shape[] {
  const traced = traceShapes(graph);
  if ("shapes" in traced) return traced.shapes;
  throw new OpnasError("BAD_ARCHITECTURE", `Node ${traced.node}: ${traced.problem}.`);
}

/** Returns the shape of an input or of an earlier node; undefined if there is no such node. */
export function shapeOfReference(
  reference: Reference,
  shapes: readonly Shape[],
): Shape | undefined {
  return typeof reference === "number" ? shapes[reference] : "n×d";
}
