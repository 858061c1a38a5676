import { OpnasError } from "@opnas/core";

/** The element types of a model, by TensorFlow's names. */
export type ElementType = "DT_FLOAT" | "DT_INT32" | "DT_BOOL";

/** The lengths of axes, −1 where one is free. */
export interface TensorShape {
  dim: { size: string }[];
}

/** A value of an operation's setting, as protocol buffers stand in JSON. */
export type Attribute =
  | { type: ElementType }
  | { b: boolean }
  | { i: string }
  | { s: string }
  | { list: { i: string[] } }
  | { shape: TensorShape }
  | { tensor: { dtype: ElementType; tensorShape: TensorShape } };

/** An operation with one output or more; a later output is named "name:1". */
export interface GraphNode {
  name: string;
  op: string;
  input?: string[];
  attr: Record<string, Attribute>;
}

/** A tensor whose numbers stand in the weights' files. */
export interface Weight {
  name: string;
  type: ElementType;
  shape: readonly number[];
  bytes: Uint8Array;
}

/** The graph of TensorFlow (GraphDef) in the making; the inputs of an operation are there before it. */
export class TfjsGraph {
  readonly nodes: GraphNode[] = [];
  readonly weights: Weight[] = [];
  private readonly names = new Set<string>();

  /** Adds an operation; returns its name, which is its first output's. */
  node(
    name: string,
    op: string,
    input: readonly string[],
    attr: Readonly<Record<string, Attribute>> = {},
  ): string {
    if (this.names.has(name)) throw new OpnasError("INTERNAL", `"${name}" is there already.`);
    this.names.add(name);
    const inputs = input.length === 0 ? {} : { input: [...input] };
    this.nodes.push({ name, op, ...inputs, attr });
    return name;
  }

  /** Adds a tensor; returns its name. */
  weight(name: string, type: ElementType, shape: readonly number[], bytes: Uint8Array): string {
    this.node(name, "Const", [], {
      dtype: { type },
      value: { tensor: { dtype: type, tensorShape: tensorShape(shape) } },
    });
    this.weights.push({ name, type, shape, bytes });
    return name;
  }

  /** Returns a float32 number as a tensor without axes, which is added at its first use. */
  number(value: number): string {
    const name = `constant.${value.toString().replace("+", "")}`;
    if (this.names.has(name)) return name;
    return this.weight(name, "DT_FLOAT", [], bytesOf(Float32Array.of(value)));
  }

  /** Returns a whole number as a tensor without axes, which is added at its first use. */
  integer(value: number): string {
    const name = `constant.integer.${value.toString()}`;
    if (this.names.has(name)) return name;
    return this.weight(name, "DT_INT32", [], bytesOf(Int32Array.of(value)));
  }

  /** Returns whole numbers as a tensor of one axis, which is added at its first use. */
  integers(values: readonly number[]): string {
    const name = `constant.integers.${values.join("_")}`;
    if (this.names.has(name)) return name;
    return this.weight(name, "DT_INT32", [values.length], bytesOf(Int32Array.from(values)));
  }
}

/** Returns the lengths of axes as GraphDef has them. */
export function tensorShape(lengths: readonly number[]): TensorShape {
  return { dim: lengths.map((length) => ({ size: length.toString() })) };
}

/** Returns the memory of an array of numbers. */
export function bytesOf(numbers: Float32Array | Int32Array): Uint8Array {
  return new Uint8Array(numbers.buffer, numbers.byteOffset, numbers.byteLength);
}
