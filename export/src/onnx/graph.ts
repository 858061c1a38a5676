import { OpnasError } from "@opnas/core";
import type { Attribute, ElementType, OnnxNode, OnnxTensor, OnnxValue } from "./messages.js";

/** A graph of operations in the making; the inputs of an operation are there before it. */
export class OnnxGraph {
  readonly nodes: OnnxNode[] = [];
  readonly tensors: OnnxTensor[] = [];
  readonly outputs: OnnxValue[] = [];
  private readonly names = new Set<string>();

  constructor(readonly inputs: readonly OnnxValue[]) {
    for (const { name } of inputs) this.take(name);
  }

  /** Adds an operation with one output, which has the operation's name; returns that name. */
  node(
    name: string,
    operation: string,
    inputs: readonly string[],
    attributes: Readonly<Record<string, Attribute>> = {},
  ): string {
    this.take(name);
    this.nodes.push({ name, operation, inputs, outputs: [name], attributes });
    return name;
  }

  /** Adds an operation with two outputs; returns their names. */
  pair(
    name: string,
    operation: string,
    inputs: readonly string[],
    attributes: Readonly<Record<string, Attribute>>,
  ): [string, string] {
    const outputs: [string, string] = [`${name}.first`, `${name}.second`];
    outputs.forEach((output) => this.take(output));
    this.nodes.push({ name, operation, inputs, outputs, attributes });
    return outputs;
  }

  /** Adds a tensor; returns its name. */
  tensor(name: string, type: ElementType, shape: readonly number[], bytes: Uint8Array): string {
    this.take(name);
    this.tensors.push({ name, type, shape, bytes });
    return name;
  }

  /** Returns a float32 number as a tensor without axes, which is added at its first use. */
  number(value: number): string {
    const name = `constant.${value.toString().replace("+", "")}`;
    if (this.names.has(name)) return name;
    return this.tensor(name, "float", [], bytesOf(Float32Array.of(value)));
  }

  /** Returns whole numbers as a tensor of one axis, or none, which is added at its first use. */
  integers(values: readonly number[], axes: 0 | 1 = 1): string {
    const name = `constant.${axes === 0 ? "index" : "integers"}.${values.join(",")}`;
    if (this.names.has(name)) return name;
    const bytes = bytesOf(BigInt64Array.from(values, BigInt));
    return this.tensor(name, "int64", axes === 0 ? [] : [values.length], bytes);
  }

  private take(name: string): void {
    if (this.names.has(name)) throw new OpnasError("INTERNAL", `"${name}" is there already.`);
    this.names.add(name);
  }
}

/** Returns the memory of an array of numbers. */
export function bytesOf(numbers: Float32Array | BigInt64Array): Uint8Array {
  return new Uint8Array(numbers.buffer, numbers.byteOffset, numbers.byteLength);
}
