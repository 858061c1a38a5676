import { describe, expect, test } from "vitest";
import { checkArchitecture } from "./check.js";
import { bertBase, autobertZeroBase, withDepth } from "./named.js";
import { atDepth, referenceBackbones } from "./references.js";

const at = (layers: number) =>
  new Map(
    referenceBackbones(layers).map(({ reference, architecture }) => [reference, architecture]),
  );

describe("reference backbones", () => {
  test.each([1, 3, 12, 24])("are four legal backbones of %d layers", (layers) => {
    const references = at(layers);
    expect(references.size).toBe(4);
    for (const architecture of references.values()) {
      expect(checkArchitecture(architecture)).toEqual(architecture);
      expect(architecture.layers).toHaveLength(layers);
    }
  });

  test("are the published backbones at base size", () => {
    const references = at(12);
    expect(references.get("bert")).toEqual(bertBase);
    expect(references.get("autobert-zero")).toEqual(autobertZeroBase);
  });

  test("with one kind of layer keep the pattern's order", () => {
    const kernels = at(6)
      .get("autobert-zero-convolution")
      ?.layers.map((layer) => (layer.kind === "conv" ? layer.kernelSize : null));
    expect(kernels).toEqual([65, 9, 3, 7, 7, 3]);
    const attention = at(6).get("autobert-zero-attention")?.layers;
    expect(attention).toEqual(autobertZeroBase.layers.filter(({ kind }) => kind === "attention"));
  });
});

describe("atDepth", () => {
  test("returns the published backbone for a reference of a shallow search", () => {
    for (const { reference, architecture } of referenceBackbones(3)) {
      expect(atDepth(architecture, reference, 12)).toEqual(at(12).get(reference));
    }
    expect(atDepth(withDepth(autobertZeroBase, 3), "autobert-zero", 12)).toEqual(autobertZeroBase);
  });

  test("stretches a candidate, also one that equals a reference", () => {
    const candidate = withDepth(autobertZeroBase, 3);
    expect(atDepth(candidate, null, 12)).toEqual(withDepth(candidate, 12));
  });
});
