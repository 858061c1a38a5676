import {
  axesOf,
  graphShapes,
  liveNodes,
  OpnasError,
  shapeOfReference,
  type AttentionGraph,
  type GraphNode,
  type Reference,
} from "@opnas/core";
import {
  cosine,
  euclidean,
  logSigmoid,
  matMul,
  softmax,
  softplus,
  softsign,
} from "../engine/composites.js";
import type { Tensor } from "../engine/tf.js";
import type { Padding } from "./batch.js";

/**
 * A compiled graph: maps its inputs in the order in which it lists them, each [b, heads, n, d_h],
 * to its output of that shape.
 */
export type GraphFunction = (inputs: readonly Tensor[], padding?: Padding) => Tensor;

/** One operation: reads earlier values by their place and returns the next. */
type Step = (values: readonly Tensor[], padding?: Padding) => Tensor;

/**
 * Compiles a graph to a list of closures, once per architecture. Operations work per head on [b,
 * heads, rows, columns]. Padded tokens are left out wherever an operation contracts or normalises
 * over the token axis (the rule stands at `Shape` in core).
 *
 * Only the nodes that the output needs are run, and some patterns are folded: a transposed factor
 * of a product becomes a flag of the product, a scaled product scales its smaller factor, and
 * −logsigmoid becomes softplus.
 */
export function compileGraph(graph: AttentionGraph, headSize: number): GraphFunction {
  const compiler = new GraphCompiler(graph, headSize);
  const place = compiler.placeOf(graph.output);
  const steps = compiler.steps;
  return (inputs, padding) => {
    const values = [...inputs];
    for (const step of steps) values.push(step(values, padding));
    return at(values, place);
  };
}

class GraphCompiler {
  readonly steps: Step[] = [];
  private readonly places: Map<Reference, number>;
  private readonly shapes;
  private readonly uses: number[];

  constructor(
    private readonly graph: AttentionGraph,
    private readonly headSize: number,
  ) {
    this.places = new Map(graph.inputs.map((input, place) => [input, place]));
    this.shapes = graphShapes(graph);
    this.uses = countUses(graph);
  }

  /**
   * Returns the place of a value among the values of a run, and adds the steps that it still needs.
   */
  placeOf(reference: Reference): number {
    const known = this.places.get(reference);
    if (known !== undefined) return known;
    const step = this.compile(reference, this.node(reference));
    this.steps.push(step);
    const place = this.graph.inputs.length + this.steps.length - 1;
    this.places.set(reference, place);
    return place;
  }

  private compile(reference: Reference, { op, args }: GraphNode): Step {
    const [first, second = first] = args;
    if (first === undefined || second === undefined) throw noArgument(op);
    switch (op) {
      case "matmul":
        return this.product(first, second, 1);
      case "scale": {
        const factors = this.soleArguments(first, "matmul");
        if (factors) return this.product(factors[0], factors[1], 1 / Math.sqrt(this.headSize));
        return this.unary(first, (x) => x.mul(1 / Math.sqrt(this.headSize)));
      }
      case "neg": {
        const [inner] = this.soleArguments(first, "logsigmoid") ?? [];
        if (inner === undefined) return this.unary(first, (x) => x.neg());
        const [innermost] = this.soleArguments(inner, "neg") ?? [];
        return innermost === undefined
          ? this.unary(inner, (x) => softplus(x.neg()))
          : this.unary(innermost, softplus);
      }
      case "transpose":
        return this.unary(first, (x) => x.transpose([0, 1, 3, 2]));
      case "softmax": {
        const overTokens = this.axes(reference).columns === "n";
        return this.unary(first, (x, padding) =>
          softmax(x, overTokens ? padding?.bias : undefined),
        );
      }
      case "logsigmoid":
        return this.unary(first, logSigmoid);
      case "softsign":
        return this.unary(first, softsign);
      case "add":
        return this.binary(first, second, (a, b) => a.add(b));
      case "cosine":
        return this.comparison(first, second, cosine);
      case "euclidean":
        return this.comparison(first, second, euclidean);
    }
  }

  private unary(argument: Reference, run: (x: Tensor, padding?: Padding) => Tensor): Step {
    const x = this.placeOf(argument);
    return (values, padding) => run(at(values, x), padding);
  }

  private binary(first: Reference, second: Reference, run: (a: Tensor, b: Tensor) => Tensor): Step {
    const a = this.placeOf(first);
    const b = this.placeOf(second);
    return (values) => run(at(values, a), at(values, b));
  }

  /** Compares rows with rows; if the rows run along the tokens, padded tokens become 0 in both. */
  private comparison(
    first: Reference,
    second: Reference,
    run: (a: Tensor, b: Tensor) => Tensor,
  ): Step {
    if (this.axes(first).columns === "d") return this.binary(first, second, run);
    const a = this.placeOf(first);
    const b = this.placeOf(second);
    return (values, padding) => {
      const left = kept(at(values, a), padding);
      return run(left, a === b ? left : kept(at(values, b), padding));
    };
  }

  /**
   * Multiplies factor · A · B. If the inner axis is n, padded rows of B become 0, unless A is a
   * softmax over n, which is 0 there already.
   */
  private product(first: Reference, second: Reference, factor: number): Step {
    const inner = this.axes(first).columns;
    const masked = inner === "n" && this.argumentsOf(first, "softmax") === undefined;
    const [transposed] = this.argumentsOf(second, "transpose") ?? [];
    const transposeB = transposed !== undefined;
    const a = this.placeOf(first);
    const b = this.placeOf(transposed ?? second);
    const scaleB = factor !== 1 && this.axes(second).columns === "d";
    return (values, padding) => {
      let [left, right] = [at(values, a), at(values, b)];
      if (factor !== 1)
        [left, right] = scaleB ? [left, right.mul(factor)] : [left.mul(factor), right];
      if (masked && padding) right = right.mul(transposeB ? padding.keepColumns : padding.keepRows);
      return matMul(left, right, transposeB);
    };
  }

  /**
   * Returns the arguments of a node of that operation; undefined for inputs and other operations.
   */
  private argumentsOf(
    reference: Reference,
    op: GraphNode["op"],
  ): [Reference, Reference] | undefined {
    if (typeof reference !== "number") return undefined;
    const node = this.node(reference);
    const [first, second = first] = node.args;
    return node.op === op && first !== undefined && second !== undefined
      ? [first, second]
      : undefined;
  }

  /**
   * Returns the arguments of a node of that operation if only one other node uses it: folding it
   * then saves work.
   */
  private soleArguments(
    reference: Reference,
    op: GraphNode["op"],
  ): [Reference, Reference] | undefined {
    const sole = typeof reference === "number" && this.uses[reference] === 1;
    return sole ? this.argumentsOf(reference, op) : undefined;
  }

  private axes(reference: Reference) {
    const shape = shapeOfReference(reference, this.shapes);
    if (!shape) throw new OpnasError("INTERNAL", `There is no node ${reference}.`);
    return axesOf(shape);
  }

  private node(reference: Reference): GraphNode {
    const node = typeof reference === "number" ? this.graph.nodes[reference] : undefined;
    if (!node) throw new OpnasError("INTERNAL", `There is no node ${reference}.`);
    return node;
  }
}

/** Counts how often live nodes and the output refer to each node. */
function countUses(graph: AttentionGraph): number[] {
  const uses: number[] = graph.nodes.map((_, node) => (node === graph.output ? 1 : 0));
  const live = liveNodes(graph);
  for (const [index, node] of graph.nodes.entries()) {
    if (!live[index]) continue;
    for (const argument of node.args) {
      if (typeof argument === "number") uses[argument] = (uses[argument] ?? 0) + 1;
    }
  }
  return uses;
}

function kept(x: Tensor, padding?: Padding): Tensor {
  return padding ? x.mul(padding.keepColumns) : x;
}

function at(values: readonly Tensor[], place: number): Tensor {
  const value = values[place];
  if (!value) throw new OpnasError("INTERNAL", "A step of a graph read a value not yet there.");
  return value;
}

function noArgument(op: string): OpnasError {
  return new OpnasError("INTERNAL", `The operation ${op} has no argument.`);
}
