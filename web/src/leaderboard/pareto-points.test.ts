import { expect, test } from "vitest";
import type { Candidate } from "@/architecture/fragments";
import { paretoPoints } from "./pareto-points";

function row(id: string, score: number | null, stepRatio: number | null = null): Candidate {
  return {
    id,
    key: id,
    name: `named ${id}`,
    score,
    stability: "STABLE",
    params: 100,
    flops: 200,
    stepSeconds: 9,
    stepRatio,
    reference: id === "r" ? "bert" : null,
    generationIndex: 0,
    indexInGeneration: 0,
    createdAt: "2026-01-01T00:00:00Z",
    layers: [],
    run: { id: "run", name: "run", preset: "tiny" },
  };
}

test("rows and front give one point for each architecture, with those of the front marked", () => {
  const points = paretoPoints([row("a", 1), row("b", 2), row("r", 3)], [row("b", 2)], "FLOPS");
  expect(points.map(({ id, cost, onFront }) => [id, cost, onFront])).toEqual([
    ["a", 200, false],
    ["r", 200, false],
    ["b", 200, true],
  ]);
  expect(points.map(({ isReference }) => isReference)).toEqual([false, true, false]);
});

test("architectures without a score or a measured time give no point", () => {
  const rows = [row("a", null, 0.1), row("b", 2), row("c", 3, 0.2)];
  expect(paretoPoints(rows, [], "STEP_TIME").map(({ id, cost }) => [id, cost])).toEqual([
    ["c", 0.2],
  ]);
});
