import { describe, expect, test } from "vitest";
import { architectureKey } from "./key.js";
import { architectureName } from "./name.js";
import { autobertZeroBase, bertBase } from "./named.js";
import type { Architecture } from "./schema.js";

describe("architectureKey", () => {
  test("is 32 hex digits that never change: stored runs depend on them", () => {
    expect(architectureKey(bertBase)).toMatchInlineSnapshot(`"6c49016ed66f2c1db885d25ecf29b8f3"`);
    expect(architectureKey(autobertZeroBase)).toMatchInlineSnapshot(
      `"7279d96a9095a6ac33b257ac5eb5baaf"`,
    );
  });

  test("distinguishes kernel sizes, the order of layers and their number", () => {
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
    expect(architectureName(architectureKey(bertBase))).toMatchInlineSnapshot(`"brave-ibex-9016"`);
    expect(architectureName("fff0123456789abcdef0123456789abc")).toBe("wise-wren-0123");
  });
});
