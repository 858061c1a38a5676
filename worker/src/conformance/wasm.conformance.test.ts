import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { describeConformance } from "./suite.js";

describeConformance("wasm");

test("our own WebAssembly module has no data section, because all of the memory is the engine's", () => {
  const bytes = readFileSync(new URL("../../dist/kernels.wasm", import.meta.url));
  expect(sectionsOf(bytes)).not.toContain(DATA_SECTION);
});

const DATA_SECTION = 11;

/** The kinds of sections of a WebAssembly module, in their order. */
function sectionsOf(bytes: Buffer): number[] {
  const sections: number[] = [];
  for (let at = 8; at < bytes.length;) {
    sections.push(bytes.readUInt8(at));
    let size = 0;
    let byte: number;
    let shift = 0;
    do {
      at++;
      byte = bytes.readUInt8(at);
      size |= (byte & 0x7f) << shift;
      shift += 7;
    } while (byte & 0x80);
    at += 1 + size;
  }
  return sections;
}
