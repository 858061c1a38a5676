import { lowestLogit, type ModelSize, normEpsilonOf } from "@opnas/core";
import type { Axes, KernelUse, Operations, Value } from "../dataflow/operations.js";
import type { FloatTensor } from "../pytorch/tensors.js";
import { bytesOf, type TfjsGraph } from "./graph.js";
import { float, floats, int32, NodeWriter, text } from "./nodes.js";

/** Added to a row's squared length in a cosine, so that a row of zeros has cosine 0. */
const lengthEpsilon = 1e-12;
/** Added to a squared distance. */
const distanceEpsilon = 1e-6;

/** An output of the model. */
export interface Output {
  name: string;
  axes: Axes;
}

/** Writes a model's operations as those of TensorFlow that TensorFlow.js has on every backend. */
export class TfjsOperations extends NodeWriter implements Operations {
  readonly inputIds = "input_ids";
  readonly attentionMask = "attention_mask";
  readonly tokenTypeIds = "token_type_ids";
  readonly outputs: Output[] = [];
  private readonly batch: Value;
  private readonly tokens: Value;
  private readonly splitShape: Value;
  private readonly joinedShape: Value;

  constructor(
    graph: TfjsGraph,
    private readonly size: ModelSize,
  ) {
    super(graph);
    const shape = { dim: [{ size: "-1" }, { size: "-1" }] };
    for (const input of [this.inputIds, this.attentionMask, this.tokenTypeIds]) {
      graph.node(input, "Placeholder", [], { dtype: int32, shape: { shape } });
    }
    const { heads, hidden } = size;
    const lengths = graph.node("sizes", "Shape", [this.inputIds], { T: int32, out_type: int32 });
    this.batch = this.element("sizes.batch", lengths, 0);
    this.tokens = this.element("sizes.tokens", lengths, 1);
    this.splitShape = this.packed("sizes.split", [heads, hidden / heads]);
    this.joinedShape = this.packed("sizes.joined", [hidden]);
  }

  parameter(name: string, { shape, data }: FloatTensor): Value {
    return this.graph.weight(name, "DT_FLOAT", shape, bytesOf(data));
  }

  output(name: string, value: Value, axes: Axes): void {
    this.graph.node(name, "Identity", [value], floats);
    this.outputs.push({ name, axes });
  }

  asFloat(name: string, x: Value): Value {
    return this.cast(name, x, "DT_INT32");
  }

  rowsOf(name: string, table: Value, ids: Value): Value {
    return this.gather(name, table, ids, 0);
  }

  rowPerToken(name: string, table: Value): Value {
    const places = this.range(`${name}.places`, this.tokens);
    return this.gather(name, table, places, 0);
  }

  withAxes(name: string, x: Value, axes: readonly number[]): Value {
    return axes.reduce(
      (value, axis, at) =>
        this.expanded(
          at === axes.length - 1 ? name : `${name}.axis${axis.toString()}`,
          value,
          axis,
        ),
      x,
    );
  }

  linear(name: string, x: Value, weight: Value, bias: Value, transposed = false): Value {
    return this.add(name, this.product(`${name}.product`, x, weight, transposed), bias);
  }

  layerNorm(name: string, x: Value, gain: Value, shift: Value): Value {
    const mean = this.reduced(`${name}.mean`, "Mean", x, -1, true);
    const centred = this.subtract(`${name}.centred`, x, mean);
    const squares = this.multiply(`${name}.squares`, centred, centred);
    const variance = this.reduced(`${name}.variance`, "Mean", squares, -1, true);
    const above = this.add(
      `${name}.aboveZero`,
      variance,
      this.graph.number(normEpsilonOf(this.size)),
    );
    const inverse = this.unary(`${name}.inverse`, "Rsqrt", above);
    const normal = this.multiply(`${name}.normal`, centred, inverse);
    return this.add(name, this.multiply(`${name}.scaled`, normal, gain), shift);
  }

  gelu(name: string, x: Value): Value {
    const erf = this.unary(`${name}.erf`, "Erf", this.divide(`${name}.scaled`, x, Math.SQRT2));
    const twice = this.add(`${name}.twiceShare`, erf, this.graph.number(1));
    const product = this.multiply(`${name}.twice`, x, twice);
    return this.multiply(name, product, this.graph.number(0.5));
  }

  glu(name: string, x: Value): Value {
    const attributes = { T: float, num_split: { i: "2" } };
    const halves = `${name}.halves`;
    this.graph.node(halves, "Split", [this.graph.integer(-1), x], attributes);
    return this.multiply(name, halves, this.unary(`${name}.gate`, "Sigmoid", `${halves}:1`));
  }

  tanh(name: string, x: Value): Value {
    return this.unary(name, "Tanh", x);
  }

  splitHeads(name: string, x: Value): Value {
    const split = this.reshaped(`${name}.split`, x, this.splitShape);
    return this.transposed(name, split, [0, 2, 1, 3]);
  }

  joinHeads(name: string, x: Value): Value {
    const turned = this.transposed(`${name}.turned`, x, [0, 2, 1, 3]);
    return this.reshaped(name, turned, this.joinedShape);
  }

  convolve(name: string, x: Value, kernel: Value, { kernelSize, normalise }: KernelUse): Value {
    const { heads, hidden } = this.size;
    const used = normalise ? this.softmax(`${name}.kernel`, kernel) : kernel; // [h, k]
    const turned = this.transposed(`${name}.kernel.turned`, used, [1, 0]); // [k, h]
    const alone = this.expanded(`${name}.kernel.alone`, turned, 2); // [k, h, 1]
    const copies = this.graph.node(
      `${name}.kernel.copies`,
      "Tile",
      [alone, this.graph.integers([1, 1, hidden / heads])],
      { T: float, Tmultiples: int32 },
    );
    const filterShape = this.graph.integers([kernelSize, 1, hidden, 1]);
    const perChannel = this.reshaped(`${name}.kernel.perChannel`, copies, filterShape);
    const image = this.expanded(`${name}.image`, x, 2); // [b, n, 1, h · d]
    const ones = { list: { i: ["1", "1", "1", "1"] } };
    const mixed = this.graph.node(`${name}.mixed`, "DepthwiseConv2dNative", [image, perChannel], {
      T: float,
      strides: ones,
      dilations: ones,
      padding: text("SAME"),
      data_format: text("NHWC"),
    });
    return this.reshaped(name, mixed, this.joinedShape);
  }

  add(name: string, a: Value, b: Value): Value {
    return this.graph.node(name, "AddV2", [a, b], floats);
  }

  multiply(name: string, a: Value, b: Value): Value {
    return this.graph.node(name, "Mul", [a, b], floats);
  }

  divide(name: string, x: Value, divisor: number): Value {
    return this.graph.node(name, "RealDiv", [x, this.graph.number(divisor)], floats);
  }

  neg(name: string, x: Value): Value {
    return this.unary(name, "Neg", x);
  }

  transpose(name: string, x: Value): Value {
    return this.transposed(name, x, [0, 1, 3, 2]);
  }

  softmax(name: string, x: Value): Value {
    return this.unary(name, "Softmax", x);
  }

  logsigmoid(name: string, x: Value): Value {
    const negative = this.neg(`${name}.negative`, x);
    return this.neg(name, this.unary(`${name}.softplus`, "Softplus", negative));
  }

  softsign(name: string, x: Value): Value {
    const size = this.unary(`${name}.absolute`, "Abs", x);
    const divisor = this.add(`${name}.divisor`, size, this.graph.number(1));
    return this.graph.node(name, "RealDiv", [x, divisor], floats);
  }

  matmul(name: string, a: Value, b: Value): Value {
    return this.product(name, a, b, false);
  }

  cosine(name: string, a: Value, b: Value): Value {
    const first = this.unit(`${name}.first`, a);
    const second = a === b ? first : this.unit(`${name}.second`, b);
    return this.product(name, first, second, true);
  }

  euclidean(name: string, first: Value, second: Value): Value {
    // A common vector changes no distance; without it less cancels between rows that are near.
    const a = first === second ? this.centred(`${name}.first`, first) : first;
    const b = first === second ? a : second;
    const product = this.product(`${name}.product`, a, b, true);
    // The diagonal of the product makes the distance of a row from itself exact: rounding errors of
    // a sum in another order would be far above the smallest distance.
    const rows =
      a === b ? this.diagonal(`${name}.rows`, product) : this.squaredLength(`${name}.rows`, a); // [..., m, 1]
    const others = a === b ? rows : this.squaredLength(`${name}.others`, b); // [..., k, 1]
    const columns = this.transpose(`${name}.columns`, others); // [..., 1, k]
    const squares = this.add(`${name}.squares`, rows, columns);
    const twice = this.multiply(`${name}.twice`, product, this.graph.number(2));
    const difference = this.subtract(`${name}.difference`, squares, twice);
    const positive = this.unary(`${name}.positive`, "Relu", difference);
    const smooth = this.add(`${name}.smooth`, positive, this.graph.number(distanceEpsilon));
    return this.unary(name, "Sqrt", smooth);
  }

  paddingBias(name: string, keep: Value): Value {
    const missing = this.subtract(`${name}.missing`, keep, this.graph.number(1));
    return this.multiply(name, missing, this.graph.number(-lowestLogit));
  }

  firstToken(name: string, x: Value): Value {
    return this.gather(name, x, this.graph.integer(0), 1);
  }

  meanOfTokens(name: string, x: Value, keep: Value): Value {
    const kept = this.multiply(`${name}.kept`, x, keep);
    const sum = this.reduced(`${name}.sum`, "Sum", kept, 1, false);
    const count = this.reduced(`${name}.count`, "Sum", keep, 1, false);
    return this.graph.node(name, "RealDiv", [sum, count], floats);
  }

  concatenate(name: string, values: readonly Value[]): Value {
    const attributes = { T: float, Tidx: int32, N: { i: values.length.toString() } };
    return this.graph.node(name, "ConcatV2", [...values, this.graph.integer(-1)], attributes);
  }

  column(name: string, x: Value, index: number): Value {
    return this.gather(name, x, this.graph.integer(index), 2);
  }

  /** Makes the shape [batch, tokens, ...rest]. */
  private packed(name: string, rest: readonly number[]): Value {
    const lengths = [this.batch, this.tokens, ...rest.map((each) => this.graph.integer(each))];
    const attributes = { T: int32, N: { i: lengths.length.toString() }, axis: { i: "0" } };
    return this.graph.node(name, "Pack", lengths, attributes);
  }

  /** Divides each row by its length. */
  private unit(name: string, x: Value): Value {
    const squared = this.squaredLength(`${name}.squared`, x);
    const above = this.add(`${name}.aboveZero`, squared, this.graph.number(lengthEpsilon));
    const length = this.unary(`${name}.length`, "Sqrt", above);
    return this.graph.node(name, "RealDiv", [x, length], floats);
  }

  /** Takes the mean of the rows [..., m, c] from each of them. */
  private centred(name: string, x: Value): Value {
    const mean = this.reduced(`${name}.mean`, "Mean", x, -2, true);
    return this.subtract(name, x, mean);
  }

  /** Takes the diagonals of square matrices [..., m, m] → [..., m, 1]. */
  private diagonal(name: string, x: Value): Value {
    const lengths = this.graph.node(`${name}.sizes`, "Shape", [x], { T: float, out_type: int32 });
    const places = this.range(`${name}.places`, this.element(`${name}.size`, lengths, 3)); // [m]
    const below = this.expanded(`${name}.below`, places, 1, int32); // [m, 1]
    const isOn = this.graph.node(`${name}.isOn`, "Equal", [places, below], { T: int32 }); // [m, m]
    const kept = this.multiply(`${name}.kept`, x, this.cast(`${name}.mask`, isOn, "DT_BOOL"));
    return this.reduced(name, "Sum", kept, -1, true);
  }

  /** Sums the squares of each row [..., m, c] → [..., m, 1]. */
  private squaredLength(name: string, x: Value): Value {
    return this.reduced(name, "Sum", this.multiply(`${name}.elements`, x, x), -1, true);
  }
}
