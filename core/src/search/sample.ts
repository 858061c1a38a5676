import { findProblem } from "../architecture/check.js";
import {
  graphInputs,
  kernelSizes,
  type Architecture,
  type AttentionGraph,
  type AttentionLayer,
  type GraphInput,
  type GraphNode,
  type KernelSize,
  type ConvolutionLayer,
  type Operation,
  type Reference,
} from "../architecture/schema.js";
import { axesOf, shapeOf, type Axis, type Shape } from "../architecture/shape.js";
import { simplifyGraph } from "../architecture/simplify.js";
import type { Random } from "../random.js";

/** Samples a backbone whose layers are attention or convolution, equally likely and independent. */
export function sampleBackbone(layers: number, maxNodes: number, random: Random): Architecture {
  return {
    version: 1,
    layers: Array.from({ length: layers }, () =>
      random.next() < 0.5 ? sampleAttention(maxNodes, random) : sampleConvolution(random),
    ),
  };
}

/** Samples an attention layer with a graph of at most `maxNodes` nodes. */
export function sampleAttention(maxNodes: number, random: Random): AttentionLayer {
  return { kind: "attention", graph: sampleGraph(maxNodes, random) };
}

/** Samples a convolution layer, every kernel size equally likely. */
export function sampleConvolution(random: Random): ConvolutionLayer {
  return { kind: "conv", kernelSize: random.pick<KernelSize>(kernelSizes) };
}

/**
 * Samples a legal graph of 1 to `maxNodes` nodes, simplified. Its length is uniform, then the graph
 * is grown from its output to its inputs by the rules below, so that every shape fits. Only graphs
 * with a single input have to be rejected: one sample in five at 10 nodes, three in five at 2.
 */
export function sampleGraph(maxNodes: number, random: Random): AttentionGraph {
  for (;;) {
    const inputs = random.shuffle(graphInputs).slice(0, 2 + random.int(3));
    const nodes: GraphNode[] = [];
    const growth = { inputs, nodes, byShape: new Map<Shape, number[]>(), random };
    const output = grow("n×d", 1 + random.int(maxNodes), growth);
    const graph = simplifyGraph({ inputs, nodes, output });
    if (!findProblem(graph)) return graph;
  }
}

/** A way to make a value: an operation and the shapes of its arguments. */
interface Rule {
  operation: Operation;
  args: readonly Shape[];
  /** Relative frequency among the rules for the same shape. */
  weight: number;
}

/** Probability that a value of the shape is reused instead of grown anew. */
const reuse = 0.1;

/** The fewest nodes that make a value of each shape from inputs. */
const fewestNodes: Readonly<Record<Shape, number>> = { "n×d": 0, "d×n": 1, "n×n": 1, "d×d": 2 };

/**
 * Lists all rules that make a value of a shape. The weights favour the parts of attention, a
 * softmax of an n×n matrix times an n×d one; every legal graph has a positive probability. The
 * weights are ours (decision 0019).
 */
function rulesFor(shape: Shape): Rule[] {
  const { rows, columns } = axesOf(shape);
  const elementwise = (["neg", "scale", "logsigmoid", "softsign"] as const).map((operation) => ({
    operation,
    args: [shape],
    weight: 1,
  }));
  const contractions = (["n", "d"] as const).flatMap((inner: Axis): Rule[] => {
    const usual = (shape === "n×d" && inner === "n") || (shape === "n×n" && inner === "d");
    const rowArguments = [shapeOf(rows, inner), shapeOf(columns, inner)];
    return [
      {
        operation: "matmul",
        args: [shapeOf(rows, inner), shapeOf(inner, columns)],
        weight: usual ? 6 : 1,
      },
      { operation: "cosine", args: rowArguments, weight: shape === "n×n" && usual ? 1 : 0.25 },
      { operation: "euclidean", args: rowArguments, weight: shape === "n×n" && usual ? 1 : 0.25 },
    ];
  });
  return [
    ...elementwise,
    { operation: "softmax", args: [shape], weight: shape === "n×n" ? 12 : 0.5 },
    {
      operation: "transpose",
      args: [shapeOf(columns, rows)],
      weight: shape === "d×n" ? 4 : 0.5,
    },
    { operation: "add", args: [shape, shape], weight: 2 },
    ...contractions,
  ];
}

interface Growth {
  inputs: readonly GraphInput[];
  nodes: GraphNode[];
  byShape: Map<Shape, number[]>;
  random: Random;
}

/** Adds a value of the shape to the graph, of `budget` new nodes unless some are reused. */
function grow(shape: Shape, budget: number, growth: Growth): Reference {
  const { inputs, nodes, byShape, random } = growth;
  const present = byShape.get(shape) ?? [];
  if (present.length > 0 && random.next() < reuse) return random.pick(present);
  if (budget === 0) return random.pick(inputs);

  const rules = rulesFor(shape).filter(({ args }) => fewest(args) <= budget - 1);
  const rule = rules[random.weighted(rules.map(({ weight }) => weight))];
  if (!rule) throw new RangeError(`No value of shape ${shape} can be made of ${budget} nodes.`);

  let spare = budget - 1 - fewest(rule.args);
  const args = rule.args.map((argument, index) => {
    const extra =
      index === rule.args.length - 1
        ? spare
        : Math.max(random.int(spare + 1), random.int(spare + 1));
    spare -= extra;
    return grow(argument, fewestNodes[argument] + extra, growth);
  });
  const node = nodes.push({ op: rule.operation, args }) - 1;
  byShape.set(shape, [...(byShape.get(shape) ?? []), node]);
  return node;
}

function fewest(shapes: readonly Shape[]): number {
  return shapes.reduce((sum, shape) => sum + fewestNodes[shape], 0);
}
