import {
  axesOf,
  type AttentionGraph,
  type GraphInput,
  graphShapes,
  type GraphNode,
  liveNodes,
  OpnasError,
  type Reference,
  type Shape,
  shapeOfReference,
} from "@opnas/core";
import type { Operations, Value } from "./operations.js";

/** The padding mask in the forms that operations take, each written at its first use. */
export interface Padding {
  /** [b, 1, n, 1], for the rows of [b, h, n, ·]. */
  keepRows: () => Value;
  /** [b, 1, 1, n], for the columns of [b, h, ·, n]. */
  keepColumns: () => Value;
  /** 0 at tokens, the lowest logit at padding: [b, 1, 1, n]. */
  bias: () => Value;
}

/** The size of a head's channels, and the prefix of the names of what is written. */
export interface GraphPlace {
  headSize: number;
  prefix: string;
}

/**
 * Writes a legal graph per head. Padded tokens are left out wherever an operation contracts or
 * normalises over the tokens (the rule stands at `Shape` in core).
 * @param inputs the graph's live inputs, each [b, h, n, d]
 * @returns the graph's output [b, h, n, d]
 */
export function writeGraph(
  on: Operations,
  graph: AttentionGraph,
  inputs: ReadonlyMap<GraphInput, Value>,
  padding: Padding,
  place: GraphPlace,
): Value {
  const writer = new GraphWriter(on, graph, inputs, padding, place);
  return writer.valueOf(graph.output);
}

class GraphWriter {
  private readonly shapes: Shape[];
  private readonly values: Map<Reference, Value>;

  constructor(
    private readonly on: Operations,
    private readonly graph: AttentionGraph,
    inputs: ReadonlyMap<GraphInput, Value>,
    private readonly padding: Padding,
    private readonly place: GraphPlace,
  ) {
    this.shapes = graphShapes(graph);
    this.values = new Map<Reference, Value>(inputs);
    const live = liveNodes(graph);
    for (const [index, node] of graph.nodes.entries()) {
      if (live[index]) this.values.set(index, this.write(index, node));
    }
  }

  valueOf(reference: Reference): Value {
    const value = this.values.get(reference);
    if (value === undefined) throw new OpnasError("INTERNAL", `There is no node ${reference}.`);
    return value;
  }

  private write(index: number, { op, args }: GraphNode): Value {
    const [first, second = first] = args;
    if (first === undefined || second === undefined) {
      throw new OpnasError("INTERNAL", `The operation ${op} has no argument.`);
    }
    const a = this.valueOf(first);
    // A node keeps the number that it has in the architecture and in drawings.
    const name = `${this.place.prefix}.n${index.toString()}.${op}`;
    switch (op) {
      case "neg":
      case "transpose":
      case "logsigmoid":
      case "softsign":
        return this.on[op](name, a);
      case "scale":
        return this.on.divide(name, a, Math.sqrt(this.place.headSize));
      case "softmax": {
        if (!this.runsAlongTokens(index)) return this.on.softmax(name, a);
        return this.on.softmax(name, this.on.add(`${name}.masked`, a, this.padding.bias()));
      }
      case "add":
        return this.on.add(name, a, this.valueOf(second));
      case "matmul":
        return this.on.matmul(name, a, this.factor(name, first, second));
      case "cosine":
      case "euclidean":
        return this.comparison(name, op, first, second);
    }
  }

  /** Returns the second factor of a product, without padded rows if it sums over the tokens. */
  private factor(name: string, first: Reference, second: Reference): Value {
    const b = this.valueOf(second);
    // A softmax over the tokens is 0 at padding already.
    const isSoftmax = typeof first === "number" && this.graph.nodes[first]?.op === "softmax";
    return this.runsAlongTokens(first) && !isSoftmax
      ? this.on.multiply(`${name}.masked`, b, this.padding.keepRows())
      : b;
  }

  /** Compares rows with rows, without padded tokens if the rows run along them. */
  private comparison(
    name: string,
    op: "cosine" | "euclidean",
    first: Reference,
    second: Reference,
  ): Value {
    const [a, b] = [this.valueOf(first), this.valueOf(second)];
    if (!this.runsAlongTokens(first)) return this.on[op](name, a, b);
    const keep = this.padding.keepColumns();
    const maskedA = this.on.multiply(`${name}.maskedFirst`, a, keep);
    return this.on[op](
      name,
      maskedA,
      a === b ? maskedA : this.on.multiply(`${name}.maskedSecond`, b, keep),
    );
  }

  private runsAlongTokens(reference: Reference): boolean {
    const shape = shapeOfReference(reference, this.shapes);
    if (shape === undefined) throw new OpnasError("INTERNAL", `There is no node ${reference}.`);
    return axesOf(shape).columns === "n";
  }
}
