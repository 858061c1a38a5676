import type { Attribute, ElementType, TfjsGraph } from "./graph.js";

/** The types of numbers, as settings of operations. */
export const float = { type: "DT_FLOAT" } as const;
export const int32 = { type: "DT_INT32" } as const;

/** The setting of operations that have float32 alone. */
export const floats = { T: float } as const;

/** Writes TensorFlow's operations with the settings that each must state. Values are names of nodes. */
export class NodeWriter {
  constructor(protected readonly graph: TfjsGraph) {}

  protected unary(name: string, op: string, x: string): string {
    return this.graph.node(name, op, [x], floats);
  }

  protected subtract(name: string, a: string, b: string): string {
    return this.graph.node(name, "Sub", [a, b], floats);
  }

  /** Computes a · b, or a · bᵀ, over the last two axes. */
  protected product(name: string, a: string, b: string, transposeB: boolean): string {
    const attributes = { T: float, adj_x: { b: false }, adj_y: { b: transposeB } };
    return this.graph.node(name, "BatchMatMulV2", [a, b], attributes);
  }

  protected transposed(name: string, x: string, order: readonly number[]): string {
    const attributes = { T: float, Tperm: int32 };
    return this.graph.node(name, "Transpose", [x, this.graph.integers(order)], attributes);
  }

  protected reshaped(name: string, x: string, shape: string): string {
    return this.graph.node(name, "Reshape", [x, shape], { T: float, Tshape: int32 });
  }

  protected expanded(name: string, x: string, axis: number, type: Attribute = float): string {
    const attributes = { T: type, Tdim: int32 };
    return this.graph.node(name, "ExpandDims", [x, this.graph.integer(axis)], attributes);
  }

  protected cast(name: string, x: string, from: ElementType): string {
    return this.graph.node(name, "Cast", [x], { SrcT: { type: from }, DstT: float });
  }

  /** Takes slices of x by their places along an axis. */
  protected gather(name: string, x: string, places: string, axis: number): string {
    const types = { Tparams: float, Tindices: int32, Taxis: int32, batch_dims: { i: "0" } };
    return this.graph.node(name, "GatherV2", [x, places, this.graph.integer(axis)], types);
  }

  protected reduced(
    name: string,
    op: "Mean" | "Sum",
    x: string,
    axis: number,
    keep: boolean,
  ): string {
    const attributes = { T: float, Tidx: int32, keep_dims: { b: keep } };
    return this.graph.node(name, op, [x, this.graph.integers([axis])], attributes);
  }

  /** Takes one element of whole numbers [·]. */
  protected element(name: string, x: string, at: number): string {
    const bounds = [[at], [at + 1], [1]].map((each) => this.graph.integers(each));
    const none = { i: "0" };
    return this.graph.node(name, "StridedSlice", [x, ...bounds], {
      T: int32,
      Index: int32,
      begin_mask: none,
      end_mask: none,
      ellipsis_mask: none,
      new_axis_mask: none,
      shrink_axis_mask: { i: "1" },
    });
  }

  /** Counts from 0 up to a length. */
  protected range(name: string, length: string): string {
    const [zero, one] = [this.graph.integer(0), this.graph.integer(1)];
    return this.graph.node(name, "Range", [zero, length, one], { Tidx: int32 });
  }
}

/** Returns a text as an attribute: its bytes in base 64. */
export function text(value: string): Attribute {
  return { s: btoa(value) };
}
