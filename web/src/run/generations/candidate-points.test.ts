import { expect, test } from "vitest";
import { candidatePoints, lastGeneration } from "./candidate-points";

test("candidates without a score give no point and do not move the others", () => {
  const candidate = (id: string, score: number | null, indexInGeneration: number) => ({
    id,
    name: id,
    score,
    stability: null,
    generationIndex: 2,
    indexInGeneration,
  });
  const points = candidatePoints([
    {
      id: "g",
      index: 2,
      size: 2,
      evaluated: 1,
      bestScore: 40,
      meanScore: 40,
      bestScoreSoFar: 40,
      startedAt: "2026-01-01T00:00:00Z",
      finishedAt: null,
      candidates: [candidate("a", null, 0), candidate("b", 40, 1)],
    },
  ]);
  expect(points).toEqual([{ id: "b", name: "b", score: 40, generation: 2, x: 2.125 }]);
});

test("the axis includes the planned generations unless there are very many", () => {
  expect(lastGeneration({ generations: 5 }, 0)).toBe(5);
  expect(lastGeneration({ generations: 5000 }, 7)).toBe(7);
  expect(lastGeneration(null, 0)).toBe(1);
});
