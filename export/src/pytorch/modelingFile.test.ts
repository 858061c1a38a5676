import { type Architecture, type ModelSize, referenceBackbones } from "@opnas/core";
import { describe, expect, test } from "vitest";
import { modelingFile } from "./modelingFile.js";

const size: ModelSize = {
  layers: 2,
  hidden: 64,
  heads: 4,
  vocabulary: 300,
  length: 40,
  rawKernels: true,
};

function reference(name: string, layers = 2): Architecture {
  const found = referenceBackbones(layers).find((each) => each.reference === name);
  if (found === undefined) throw new Error(`There is no reference ${name}.`);
  return found.architecture;
}

describe("the file of a backbone", () => {
  test("writes vanilla attention as one would by hand", () => {
    expect(modelingFile(reference("bert"), size)).toContain(`
        query = split_heads(self.query(hidden), self.heads)  # [b, h, n, d]
        key = split_heads(self.key(hidden), self.heads)  # [b, h, n, d]
        value = split_heads(self.value(hidden), self.heads)  # [b, h, n, d]
        scores = (query @ key.transpose(-1, -2)) / math.sqrt(self.head_size)  # [b, h, n, n]
        return join_heads(softmax_over_tokens(scores, keep) @ value)
`);
  });

  test("has one class for each different graph, and what its layers call alone", () => {
    const file = modelingFile(reference("bert"), size);
    expect(file.match(/^class Attention\d/gm)).toEqual(["class Attention1"]);
    expect(file.match(/^ {8}Attention1\(config\),$/gm)).toHaveLength(2);
    expect(file).not.toContain("class Convolution");
    expect(file).not.toContain("def cosine_similarity");
  });

  test("keeps every line within a hundred characters", () => {
    for (const { architecture } of referenceBackbones(6)) {
      const lines = modelingFile(architecture, { ...size, layers: 6 }).split("\n");
      expect(lines.filter((line) => line.length > 100)).toEqual([]);
    }
  });
});
