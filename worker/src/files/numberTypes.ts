/** Bytes of a number of each type that a .safetensors file may name; of those below 8 bits one. */
const bytesByType: Readonly<Record<string, number>> = {
  F64: 8,
  F32: 4,
  F16: 2,
  BF16: 2,
  I64: 8,
  U64: 8,
  I32: 4,
  U32: 4,
  I16: 2,
  U16: 2,
  I8: 1,
  U8: 1,
  BOOL: 1,
};

/** Returns the bytes of a number of a type; undefined for a type that is not known. */
export function bytesOfType(type: string): number | undefined {
  return bytesByType[type];
}

/** The types of numbers that can be read: all of them are float32 numbers without rounding. */
export const readableTypes = ["F32", "F16", "BF16"] as const;
export type ReadableType = (typeof readableTypes)[number];

/** Returns true for the types that `toFloats` takes. */
export function isReadable(type: string): type is ReadableType {
  return readableTypes.some((each) => each === type);
}

/** Converts the bytes of little-endian numbers of a type to float32 numbers of the same values. */
export function toFloats(type: ReadableType, bytes: Uint8Array<ArrayBuffer>): Float32Array {
  if (type === "F32") return new Float32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4);
  const halves = new Uint16Array(bytes.buffer, bytes.byteOffset, bytes.length / 2);
  if (type === "F16") return Float32Array.from(halves, fromHalf);
  // The upper half of a float32 number.
  const words = Uint32Array.from(halves, (half) => half << 16);
  return new Float32Array(words.buffer);
}

/** Returns the value of an IEEE 754 number of 16 bits: 1 of sign, 5 of exponent, 10 of fraction. */
function fromHalf(half: number): number {
  const sign = half & 0x8000 ? -1 : 1;
  const exponent = (half >> 10) & 0x1f;
  const fraction = half & 0x3ff;
  if (exponent === 0x1f) return fraction === 0 ? sign * Infinity : NaN;
  return exponent === 0
    ? sign * fraction * 2 ** -24
    : sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}
