import { lowestLogit, type ModelSize, normEpsilonOf } from "@opnas/core";
import type { Axes, KernelUse, Operations, Value } from "../dataflow/operations.js";
import type { FloatTensor } from "../pytorch/tensors.js";
import { bytesOf, type OnnxGraph } from "./graph.js";

/** Added to a row's squared length in a cosine, so that a row of zeros has cosine 0. */
const lengthEpsilon = 1e-12;
/** Added to a squared distance. */
const distanceEpsilon = 1e-6;

/** Writes a model's operations as those of ONNX's default domain, opset 17. */
export class OnnxOperations implements Operations {
  readonly inputIds = "input_ids";
  readonly attentionMask = "attention_mask";
  readonly tokenTypeIds = "token_type_ids";

  constructor(
    private readonly graph: OnnxGraph,
    private readonly size: ModelSize,
  ) {}

  parameter(name: string, { shape, data }: FloatTensor): Value {
    return this.graph.tensor(name, "float", shape, bytesOf(data));
  }

  output(name: string, value: Value, axes: Axes): void {
    this.graph.node(name, "Identity", [value]);
    this.graph.outputs.push({ name, type: "float", axes });
  }

  asFloat(name: string, x: Value): Value {
    return this.graph.node(name, "Cast", [x], { to: 1 });
  }

  rowsOf(name: string, table: Value, ids: Value): Value {
    return this.graph.node(name, "Gather", [table, ids]);
  }

  rowPerToken(name: string, table: Value): Value {
    const lengths = { start: 1, end: 2 };
    const tokens = this.graph.node(`${name}.tokens`, "Shape", [this.inputIds], lengths);
    const [from, axis] = [this.graph.integers([0]), this.graph.integers([0])];
    return this.graph.node(name, "Slice", [table, from, tokens, axis]);
  }

  withAxes(name: string, x: Value, axes: readonly number[]): Value {
    return this.graph.node(name, "Unsqueeze", [x, this.graph.integers(axes)]);
  }

  linear(name: string, x: Value, weight: Value, bias: Value, transposed = false): Value {
    const turned = transposed
      ? this.graph.node(`${name}.transposed`, "Transpose", [weight], { perm: [1, 0] })
      : weight;
    const product = this.graph.node(`${name}.product`, "MatMul", [x, turned]);
    return this.graph.node(name, "Add", [product, bias]);
  }

  layerNorm(name: string, x: Value, gain: Value, shift: Value): Value {
    const attributes = { axis: -1, epsilon: { float: normEpsilonOf(this.size) } };
    return this.graph.node(name, "LayerNormalization", [x, gain, shift], attributes);
  }

  gelu(name: string, x: Value): Value {
    const scaled = this.divide(`${name}.scaled`, x, Math.SQRT2);
    const erf = this.graph.node(`${name}.erf`, "Erf", [scaled]);
    const twice = this.add(`${name}.twiceShare`, erf, this.graph.number(1));
    const product = this.multiply(`${name}.twice`, x, twice);
    return this.multiply(name, product, this.graph.number(0.5));
  }

  glu(name: string, x: Value): Value {
    const [a, b] = this.graph.pair(`${name}.halves`, "Split", [x], { axis: -1 });
    return this.multiply(name, a, this.graph.node(`${name}.gate`, "Sigmoid", [b]));
  }

  tanh(name: string, x: Value): Value {
    return this.graph.node(name, "Tanh", [x]);
  }

  splitHeads(name: string, x: Value): Value {
    const { heads, hidden } = this.size;
    // A 0 keeps the length of that axis.
    const shape = this.graph.integers([0, 0, heads, hidden / heads]);
    const split = this.graph.node(`${name}.split`, "Reshape", [x, shape]);
    return this.graph.node(name, "Transpose", [split], { perm: [0, 2, 1, 3] });
  }

  joinHeads(name: string, x: Value): Value {
    const turned = this.graph.node(`${name}.turned`, "Transpose", [x], { perm: [0, 2, 1, 3] });
    const shape = this.graph.integers([0, 0, this.size.hidden]);
    return this.graph.node(name, "Reshape", [turned, shape]);
  }

  convolve(name: string, x: Value, kernel: Value, { kernelSize, normalise }: KernelUse): Value {
    const { heads, hidden } = this.size;
    const used = normalise ? this.softmax(`${name}.kernel`, kernel) : kernel; // [h, k]
    const shapes = [
      this.graph.integers([heads, 1, kernelSize]),
      this.graph.integers([heads, hidden / heads, kernelSize]),
      this.graph.integers([hidden, 1, kernelSize]),
    ] as const;
    const alone = this.graph.node(`${name}.kernel.alone`, "Reshape", [used, shapes[0]]);
    const copies = this.graph.node(`${name}.kernel.copies`, "Expand", [alone, shapes[1]]);
    const perChannel = this.graph.node(`${name}.kernel.perChannel`, "Reshape", [copies, shapes[2]]);
    const channels = this.graph.node(`${name}.channels`, "Transpose", [x], { perm: [0, 2, 1] });
    const reach = (kernelSize - 1) / 2;
    const mixed = this.graph.node(`${name}.mixed`, "Conv", [channels, perChannel], {
      group: hidden,
      kernel_shape: [kernelSize],
      pads: [reach, reach],
    });
    return this.graph.node(name, "Transpose", [mixed], { perm: [0, 2, 1] });
  }

  add(name: string, a: Value, b: Value): Value {
    return this.graph.node(name, "Add", [a, b]);
  }

  multiply(name: string, a: Value, b: Value): Value {
    return this.graph.node(name, "Mul", [a, b]);
  }

  divide(name: string, x: Value, divisor: number): Value {
    return this.graph.node(name, "Div", [x, this.graph.number(divisor)]);
  }

  neg(name: string, x: Value): Value {
    return this.graph.node(name, "Neg", [x]);
  }

  transpose(name: string, x: Value): Value {
    return this.graph.node(name, "Transpose", [x], { perm: [0, 1, 3, 2] });
  }

  softmax(name: string, x: Value): Value {
    return this.graph.node(name, "Softmax", [x], { axis: -1 });
  }

  logsigmoid(name: string, x: Value): Value {
    const negative = this.neg(`${name}.negative`, x);
    return this.neg(name, this.graph.node(`${name}.softplus`, "Softplus", [negative]));
  }

  softsign(name: string, x: Value): Value {
    return this.graph.node(name, "Softsign", [x]);
  }

  matmul(name: string, a: Value, b: Value): Value {
    return this.graph.node(name, "MatMul", [a, b]);
  }

  cosine(name: string, a: Value, b: Value): Value {
    const first = this.unit(`${name}.first`, a);
    const second = a === b ? first : this.unit(`${name}.second`, b);
    return this.matmul(name, first, this.transpose(`${name}.transposed`, second));
  }

  euclidean(name: string, first: Value, second: Value): Value {
    // A common vector changes no distance; without it less cancels between rows that are near.
    const a = first === second ? this.centred(`${name}.first`, first) : first;
    const b = first === second ? a : second;
    const product = this.matmul(`${name}.product`, a, this.transpose(`${name}.transposed`, b));
    // The diagonal of the product makes the distance of a row from itself exact: rounding errors of
    // a sum in another order would be far above the smallest distance.
    const rows =
      a === b ? this.diagonal(`${name}.rows`, product) : this.squaredLength(`${name}.rows`, a); // [..., m, 1]
    const others = a === b ? rows : this.squaredLength(`${name}.others`, b); // [..., k, 1]
    const columns = this.transpose(`${name}.columns`, others); // [..., 1, k]
    const squares = this.add(`${name}.squares`, rows, columns);
    const twice = this.multiply(`${name}.twice`, product, this.graph.number(2));
    const difference = this.graph.node(`${name}.difference`, "Sub", [squares, twice]);
    const positive = this.graph.node(`${name}.positive`, "Relu", [difference]);
    const smooth = this.add(`${name}.smooth`, positive, this.graph.number(distanceEpsilon));
    return this.graph.node(name, "Sqrt", [smooth]);
  }

  paddingBias(name: string, keep: Value): Value {
    const missing = this.graph.node(`${name}.missing`, "Sub", [keep, this.graph.number(1)]);
    return this.multiply(name, missing, this.graph.number(-lowestLogit));
  }

  firstToken(name: string, x: Value): Value {
    return this.graph.node(name, "Gather", [x, this.graph.integers([0], 0)], { axis: 1 });
  }

  meanOfTokens(name: string, x: Value, keep: Value): Value {
    const kept = this.multiply(`${name}.kept`, x, keep);
    const sum = this.sum(`${name}.sum`, kept, 1, false);
    return this.graph.node(name, "Div", [sum, this.sum(`${name}.count`, keep, 1, false)]);
  }

  concatenate(name: string, values: readonly Value[]): Value {
    return this.graph.node(name, "Concat", values, { axis: -1 });
  }

  column(name: string, x: Value, index: number): Value {
    return this.graph.node(name, "Gather", [x, this.graph.integers([index], 0)], { axis: 2 });
  }

  /** Divides each row by its length. */
  private unit(name: string, x: Value): Value {
    const squared = this.squaredLength(`${name}.squared`, x);
    const above = this.add(`${name}.aboveZero`, squared, this.graph.number(lengthEpsilon));
    const length = this.graph.node(`${name}.length`, "Sqrt", [above]);
    return this.graph.node(name, "Div", [x, length]);
  }

  /** Takes the mean of the rows [..., m, c] from each of them. */
  private centred(name: string, x: Value): Value {
    const mean = this.graph.node(`${name}.mean`, "ReduceMean", [x], { axes: [-2], keepdims: 1 });
    return this.graph.node(name, "Sub", [x, mean]);
  }

  /** Takes the diagonals of square matrices [..., m, m] → [..., m, 1]. */
  private diagonal(name: string, x: Value): Value {
    const sizes = this.graph.node(`${name}.sizes`, "Shape", [x], { start: 3, end: 4 });
    const size = this.graph.node(`${name}.size`, "Squeeze", [sizes]);
    const [zero, one] = [this.graph.integers([0], 0), this.graph.integers([1], 0)];
    const places = this.graph.node(`${name}.places`, "Range", [zero, size, one]); // [m]
    const below = this.withAxes(`${name}.below`, places, [1]); // [m, 1]
    const isOn = this.graph.node(`${name}.isOn`, "Equal", [places, below]); // [m, m]
    const rest = this.graph.node(`${name}.rest`, "Where", [isOn, x, this.graph.number(0)]);
    return this.sum(name, rest, -1, true);
  }

  /** Sums the squares of each row [..., m, c] → [..., m, 1]. */
  private squaredLength(name: string, x: Value): Value {
    return this.sum(name, this.multiply(`${name}.elements`, x, x), -1, true);
  }

  private sum(name: string, x: Value, axis: number, keepAxis: boolean): Value {
    const attributes = { keepdims: keepAxis ? 1 : 0 };
    return this.graph.node(name, "ReduceSum", [x, this.graph.integers([axis])], attributes);
  }
}
