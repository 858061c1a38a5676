import { PbfWriter } from "pbf";

/** The numbers of ONNX's types of elements (onnx.proto, TensorProto.DataType). */
export const elementType = { float: 1, int64: 7 } as const;

/** A type of elements. */
export type ElementType = keyof typeof elementType;

/** An attribute of an operation: whole numbers, one or several, or `{ float }`. */
export type Attribute = number | readonly number[] | { float: number };

/** An operation. */
export interface OnnxNode {
  name: string;
  operation: string;
  inputs: readonly string[];
  outputs: readonly string[];
  attributes: Readonly<Record<string, Attribute>>;
}

/** An input or output; axes are lengths, or names of lengths that are free. */
export interface OnnxValue {
  name: string;
  type: ElementType;
  axes: readonly (string | number)[];
}

/** A tensor with its numbers, little-endian, row after row. */
export interface OnnxTensor {
  name: string;
  type: ElementType;
  shape: readonly number[];
  bytes: Uint8Array;
}

/** The numbers of a tensor in a file beside the model's. */
export interface ExternalPlace {
  file: string;
  offset: number;
}

/** Encodes what `write` writes, field by field. */
export function encoded(write: (pbf: PbfWriter) => void): Uint8Array {
  const pbf = new PbfWriter();
  write(pbf);
  return pbf.finish();
}

/** Encodes the begin of a field that holds this many bytes. */
export function fieldHeader(field: number, bytes: number): Uint8Array {
  return encoded((pbf) => {
    pbf.writeTag(field, wireTypeOfBytes);
    pbf.writeVarint(bytes);
  });
}

const wireTypeOfBytes = 2;

/** Writes a NodeProto. */
export function writeNode(node: OnnxNode, pbf: PbfWriter): void {
  for (const input of node.inputs) pbf.writeStringField(1, input);
  for (const output of node.outputs) pbf.writeStringField(2, output);
  pbf.writeStringField(3, node.name);
  pbf.writeStringField(4, node.operation);
  for (const [name, value] of Object.entries(node.attributes)) {
    pbf.writeMessage(5, writeAttribute, { name, value });
  }
}

const attributeKind = { float: 1, int: 2, ints: 7 } as const;

function writeAttribute({ name, value }: { name: string; value: Attribute }, pbf: PbfWriter): void {
  pbf.writeStringField(1, name);
  if (typeof value === "number") {
    pbf.writeVarintField(3, value);
    pbf.writeVarintField(20, attributeKind.int);
  } else if ("float" in value) {
    pbf.writeFloatField(2, value.float);
    pbf.writeVarintField(20, attributeKind.float);
  } else {
    for (const each of value) pbf.writeVarintField(8, each);
    pbf.writeVarintField(20, attributeKind.ints);
  }
}

/** Writes a ValueInfoProto. */
export function writeValue(value: OnnxValue, pbf: PbfWriter): void {
  pbf.writeStringField(1, value.name);
  pbf.writeMessage(2, (each, type) => type.writeMessage(1, writeTensorType, each), value);
}

function writeTensorType({ type, axes }: OnnxValue, pbf: PbfWriter): void {
  pbf.writeVarintField(1, elementType[type]);
  pbf.writeMessage(2, writeAxes, axes);
}

function writeAxes(axes: OnnxValue["axes"], pbf: PbfWriter): void {
  for (const axis of axes) pbf.writeMessage(1, writeAxis, axis);
}

function writeAxis(axis: string | number, pbf: PbfWriter): void {
  if (typeof axis === "number") pbf.writeVarintField(1, axis);
  else pbf.writeStringField(2, axis);
}

/**
 * Encodes a TensorProto as pieces one after another, among them the tensor's own memory.
 * @param external the place of the numbers, unless they stand in the message
 */
export function tensorPieces(tensor: OnnxTensor, external?: ExternalPlace): Uint8Array[] {
  const head = encoded((pbf) => {
    for (const length of tensor.shape) pbf.writeVarintField(1, length);
    pbf.writeVarintField(2, elementType[tensor.type]);
    pbf.writeStringField(8, tensor.name);
    if (external === undefined) return;
    const { file, offset } = external;
    const place = { location: file, offset, length: tensor.bytes.length };
    for (const entry of Object.entries(place)) pbf.writeMessage(13, writeEntry, entry);
    pbf.writeVarintField(14, externalLocation);
  });
  if (external !== undefined) return [head];
  return [head, fieldHeader(9, tensor.bytes.length), tensor.bytes];
}

const externalLocation = 1;

/** Writes a StringStringEntryProto. */
export function writeEntry([key, value]: readonly [string, string | number], pbf: PbfWriter): void {
  pbf.writeStringField(1, key);
  pbf.writeStringField(2, value.toString());
}
