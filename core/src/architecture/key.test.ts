import { describe, expect, test } from "vitest";
import { architectureKey } from "./key.js";
import { architectureName } from "./name.js";
import { autobertZeroBase, bertBase } from "./named.js";
import type { Architecture } from "./schema.js";

describe("architectureKey", () => {
  test("is 32 hex digits that never change: stored runs depend on them", () => {
    expect(architectureKey(bertBase)).toMatchInlineSnapshot(`"3bee6e2c5d22362bdadf1c11b6009357"`);
    expect(architectureKey(autobertZeroBase)).toMatchInlineSnapshot(
      `"61dce9c5fd4d367b9ca7bebdf3755191"`,
    );
  });

  test("tells apart kernel sizes, the order of layers and their number", () => {
    const [first, second, ...rest] = autobertZeroBase.layers;
    if (!first || !second) throw new Error("The published backbone has twelve layers.");
    const backbones: Architecture[] = [
      autobertZeroBase,
      { version: 1, layers: [{ kind: "conv", kernelSize: 31 }, second, ...rest] },
      { version: 1, layers: [second, first, ...rest] },
      { version: 1, layers: [first, second] },
      { version: 1, layers: [first, second, second] },
    ];
    expect(new Set(backbones.map(architectureKey)).size).toBe(backbones.length);
  });
});

describe("architectureName", () => {
  test("is two words and four digits, the same for the same key", () => {
    expect(architectureName(architectureKey(bertBase))).toMatchInlineSnapshot(`"warm-falcon-e6e2"`);
    expect(architectureName("fff0123456789abcdef0123456789abc")).toBe("wise-wren-0123");
  });
});
