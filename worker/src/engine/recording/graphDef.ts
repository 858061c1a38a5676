import { OpnasError } from "@opnas/core";
import { PbfWriter } from "pbf";
import { attributeType, type Attribute } from "../tfjsNode.js";

/** A node of a graph: an operation, a placeholder or a constant. */
export interface GraphNode {
  name: string;
  operation: string;
  /** Outputs of other nodes, like "node:0". */
  inputs: string[];
  attributes: Attribute[];
  /** The value of a constant. */
  value?: { shape: readonly number[]; dtype: number; bytes: Uint8Array };
}

/** Makes a node that is fed from outside. */
export function placeholder(name: string, dtype: number): GraphNode {
  const attributes = [{ name: "dtype", type: attributeType.type, value: dtype }];
  return { name, operation: "Placeholder", inputs: [], attributes };
}

/** Makes a node that always has this value. */
export function constant(name: string, value: NonNullable<GraphNode["value"]>): GraphNode {
  const attributes = [{ name: "dtype", type: attributeType.type, value: value.dtype }];
  return { name, operation: "Const", inputs: [], attributes, value };
}

/**
 * Encodes nodes as TensorFlow's protocol buffer GraphDef (field numbers: graph.proto and the files
 * it imports).
 */
export function encodeGraph(nodes: readonly GraphNode[]): Uint8Array {
  const pbf = new PbfWriter();
  for (const node of nodes) pbf.writeMessage(1, writeNode, node);
  return pbf.finish();
}

function writeNode(node: GraphNode, pbf: PbfWriter): void {
  pbf.writeStringField(1, node.name);
  pbf.writeStringField(2, node.operation);
  for (const input of node.inputs) pbf.writeStringField(3, input);
  for (const attribute of node.attributes) pbf.writeMessage(5, writeNamedAttribute, attribute);
  if (node.value) pbf.writeMessage(5, writeNamedValue, node.value);
}

function writeNamedAttribute(attribute: Attribute, pbf: PbfWriter): void {
  pbf.writeStringField(1, attribute.name);
  pbf.writeMessage(2, writeAttribute, attribute);
}

function writeAttribute({ type, value }: Attribute, pbf: PbfWriter): void {
  if (Array.isArray(value)) pbf.writeMessage(1, writeList, { type, values: value.map(Number) });
  else if (type === attributeType.string) pbf.writeStringField(2, String(value));
  else if (type === attributeType.int) pbf.writeVarintField(3, Number(value));
  else if (type === attributeType.float) pbf.writeFloatField(4, Number(value));
  else if (type === attributeType.bool) pbf.writeBooleanField(5, Boolean(value));
  else if (type === attributeType.type) pbf.writeVarintField(6, Number(value));
  else throw unknownKind(type);
}

function writeList({ type, values }: { type: number; values: number[] }, pbf: PbfWriter): void {
  if (type === attributeType.int) pbf.writePackedVarint(3, values);
  else if (type === attributeType.float) pbf.writePackedFloat(4, values);
  else if (type === attributeType.type) pbf.writePackedVarint(6, values);
  else throw unknownKind(type);
}

function unknownKind(type: number): OpnasError {
  return new OpnasError("INTERNAL", `A recording cannot hold an attribute of kind ${type}.`);
}

function writeNamedValue(value: NonNullable<GraphNode["value"]>, pbf: PbfWriter): void {
  pbf.writeStringField(1, "value");
  pbf.writeMessage(2, (tensor, attribute) => attribute.writeMessage(8, writeTensor, tensor), value);
}

function writeTensor(
  { shape, dtype, bytes }: NonNullable<GraphNode["value"]>,
  pbf: PbfWriter,
): void {
  pbf.writeVarintField(1, dtype);
  pbf.writeMessage(2, writeShape, shape);
  pbf.writeBytesField(4, bytes);
}

function writeShape(shape: readonly number[], pbf: PbfWriter): void {
  for (const length of shape) {
    pbf.writeMessage(2, (size, dimension) => dimension.writeVarintField(1, size), length);
  }
}

/**
 * Encodes TensorFlow's ConfigProto for the session of a recorded graph: no rewriting, and execution
 * in the calling thread. Rewriting would change the order of sums, so that recorded and unrecorded
 * training would differ in bits; the caller would only wait for a second executor thread.
 */
export function sessionConfig(): Uint8Array {
  const pbf = new PbfWriter();
  pbf.writeVarintField(5, -1); // inter_op_parallelism_threads: the calling thread
  pbf.writeMessage(10, writeGraphOptions, undefined);
  pbf.writeMessage(16, (_, options) => options.writeStringField(3, "SINGLE_THREADED_EXECUTOR"), 0);
  return pbf.finish();
}

function writeGraphOptions(_: undefined, pbf: PbfWriter): void {
  pbf.writeMessage(3, (_level, optimizer) => optimizer.writeVarintField(3, -1), 0); // opt_level L0
  pbf.writeMessage(10, (_rewrite, rewriter) => rewriter.writeBooleanField(19, true), 0); // none
}
