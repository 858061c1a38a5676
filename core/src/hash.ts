import { sha256 } from "@noble/hashes/sha2.js";
import { bytesToHex, utf8ToBytes } from "@noble/hashes/utils.js";
import { Kept } from "./kept.js";

/** Hashes by their texts: neighbours of one graph have most of their values in common. */
const kept = new Kept<string>(16_384);

/** Returns the first 128 bits of SHA-256 of a text as 32 hex digits, the same in Node and browsers. */
export function hashHex(text: string): string {
  return kept.get(text, () => bytesToHex(sha256(utf8ToBytes(text)).subarray(0, 16)));
}

/** Returns the first 128 bits of SHA-256 of a text as four 32-bit integers. */
export function hashWords(text: string): [number, number, number, number] {
  const view = new DataView(sha256(utf8ToBytes(text)).buffer);
  return [view.getInt32(0), view.getInt32(4), view.getInt32(8), view.getInt32(12)];
}
