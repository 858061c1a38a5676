import { bertBase } from "@opnas/core";
import { describe, expect, test } from "vitest";
import { tensorPlaces } from "./tensorNames.js";
import { type FloatTensor, pytorchTensors } from "./tensors.js";

const tensor = (shape: number[], ...data: number[]): FloatTensor => ({
  shape,
  data: Float32Array.from(data),
});

describe("the tensors for PyTorch", () => {
  test("turn the weights of linear layers, which are [out, in] there", () => {
    const tensors = new Map([
      ["embedding.token.weight", tensor([3, 2], 1, 2, 3, 4, 5, 6)],
      ["pooler.weight", tensor([2, 3], 1, 2, 3, 4, 5, 6)],
    ]);
    const found = pytorchTensors(bertBase, tensors);
    expect(found.get("pooler.weight")).toEqual(tensor([3, 2], 1, 4, 2, 5, 3, 6));
    expect(found.get("opnas.embeddings.token.weight")).toEqual(tensor([3, 2], 1, 2, 3, 4, 5, 6));
  });

  test("have two segments, of which the first adds nothing", () => {
    const token = ["embedding.token.weight", tensor([1, 2], 1, 2)] as const;
    const segment = ["embedding.segment.weight", tensor([2], 7, 8)] as const;
    const name = "opnas.embeddings.segment.weight";
    expect(pytorchTensors(bertBase, new Map([token, segment])).get(name)).toEqual(
      tensor([2, 2], 0, 0, 7, 8),
    );
    expect(pytorchTensors(bertBase, new Map([token])).get(name)).toEqual(
      tensor([2, 2], 0, 0, 0, 0),
    );
  });

  test("have a name of their own each", () => {
    const names = [...tensorPlaces(bertBase).values()].map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
  });
});
