import {
  graphInputs,
  type Architecture,
  type AttentionGraph,
  type GraphInput,
  type GraphNode,
  type Operation,
  type Reference,
} from "../architecture/schema.js";

/** A graph written from its output inwards; one object used twice is one shared node. */
export type Expression = GraphInput | { op: Operation; args: readonly Expression[] };

const operation =
  (op: Operation) =>
  (...args: Expression[]): Expression => ({ op, args });

export const neg = operation("neg");
export const transpose = operation("transpose");
export const scale = operation("scale");
export const softmax = operation("softmax");
export const logsigmoid = operation("logsigmoid");
export const softsign = operation("softsign");
export const add = operation("add");
export const matmul = operation("matmul");
export const cosine = operation("cosine");
export const euclidean = operation("euclidean");

/** Makes the graph of an expression, with arguments before their users. */
export function graphOf(expression: Expression): AttentionGraph {
  const nodes: GraphNode[] = [];
  const places = new Map<Expression, Reference>();
  const place = (value: Expression): Reference => {
    const known = places.get(value);
    if (known !== undefined) return known;
    const reference =
      typeof value === "string"
        ? value
        : nodes.push({ op: value.op, args: value.args.map(place) }) - 1;
    places.set(value, reference);
    return reference;
  };
  const output = place(expression);
  return { inputs: graphInputs.filter((input) => places.has(input)), nodes, output };
}

/** Makes a backbone of attention layers with these graphs. */
export function attentionOnly(...graphs: AttentionGraph[]): Architecture {
  return { version: 1, layers: graphs.map((graph) => ({ kind: "attention", graph })) };
}
