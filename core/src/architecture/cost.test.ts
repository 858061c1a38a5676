import { describe, expect, test } from "vitest";
import { attentionOnly, cosine, euclidean, graphOf, matmul } from "../testing/expressions.js";
import { flops, parameterCount } from "./cost.js";
import { bertBase, bertLayer } from "./named.js";
import type { Architecture, AttentionGraph } from "./schema.js";

const size = { layers: 1, hidden: 8, heads: 2, vocabulary: 256, length: 8, rawKernels: false };
const vanilla: Architecture = { version: 1, layers: [bertLayer] };
const convolution: Architecture = { version: 1, layers: [{ kind: "conv", kernelSize: 5 }] };

const embeddings = (256 + 8) * 8 + 16;
const feedForward = 8 * 32 + 32 + (32 * 8 + 8) + 2 * 16;
const head = 8 * 8 + 8 + 16 + 256;

describe("parameterCount", () => {
  test("counts Q, K, V and O with biases for an attention layer", () => {
    const expected = embeddings + 4 * (8 * 8 + 8) + feedForward + head;
    expect(expected).toBe(3344);
    expect(parameterCount(vanilla, size)).toBe(expected);
  });

  test("counts the linear layers and one kernel per head for a convolution layer", () => {
    const expected = embeddings + (8 * 16 + 16) + 2 * 5 + (8 * 8 + 8) + feedForward + head;
    expect(expected).toBe(3282);
    expect(parameterCount(convolution, size)).toBe(expected);
  });

  test("leaves out projections of inputs that are not used", () => {
    const two = attentionOnly(graphOf(matmul(cosine("Q", "K"), "K")));
    expect(parameterCount(vanilla, size) - parameterCount(two, size)).toBe(8 * 8 + 8);
  });

  test("gives BERT-base its published 110 million, less segment embeddings, pooler and next-sentence head", () => {
    const base = {
      layers: 12,
      hidden: 768,
      heads: 12,
      vocabulary: 30_522,
      length: 512,
      rawKernels: false,
    };
    expect(parameterCount(bertBase, base)).toBe(109_512_762);
  });
});

describe("flops", () => {
  const tokens = 8 * 8;
  const around =
    2 * (1 + 7) * tokens + 8 * (2 * 8 * 32 + 32) + 8 * 4 * tokens + 8 * (2 * 32 * 8 + 8);
  const shared =
    (1 + 7) * tokens + 8 * (2 * 8 * 8 + 8) + (8 + 7) * tokens + 8 * (2 * 8 * 256 + 256);
  const projections = 4 * 8 * (2 * 8 * 8 + 8);

  test("counts two products of 2·4·8·8 per head, a scale and a softmax for an attention layer", () => {
    const graph = 2 * 4 * 64 + 64 + 5 * 64 + 2 * 8 * 32;
    expect(shared + around + projections + 2 * graph).toBe(56_128);
    expect(flops(vanilla, size)).toBe(56_128);
  });

  test("counts linear layers, GLU, kernel softmax and convolution for a convolution layer", () => {
    const block =
      8 * (2 * 8 * 16 + 16) + 5 * tokens + 5 * 2 * 5 + 2 * 5 * tokens + 8 * (2 * 64 + 8);
    expect(shared + around + block).toBe(53_234);
    expect(flops(convolution, size)).toBe(53_234);
  });

  test("counts products of all pairs of rows and the rows' norms for comparisons", () => {
    const product = 2 * 8 * 32;
    const cosines = 2 * 4 * 64 + 16 * (2 * 4 + 1) + 2 * 64;
    const distances = 2 * 4 * 64 + 16 * 2 * 4 + 4 * 64;
    const rest = shared + around + projections;
    const of = (graph: AttentionGraph) => flops(attentionOnly(graph), size);
    expect(of(graphOf(matmul(cosine("Q", "K"), "V")))).toBe(rest + 2 * (cosines + product));
    expect(of(graphOf(matmul(euclidean("Q", "K"), "V")))).toBe(rest + 2 * (distances + product));
  });

  test("counts nothing for nodes that do not reach the output", () => {
    const { graph } = bertLayer;
    const idle = { ...graph, nodes: [...graph.nodes, { op: "softmax" as const, args: [1] }] };
    expect(flops(attentionOnly(idle), size)).toBe(flops(vanilla, size));
  });
});
