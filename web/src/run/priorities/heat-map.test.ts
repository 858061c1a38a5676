import { expect, test } from "vitest";
import { priorityPositions } from "./heat-map";
import type { Priority } from "./queries";

const at = (kind: string, position: number, generation: number): Priority => ({
  kind,
  position,
  generation,
  operation: "x",
  count: 1,
  meanScore: 1,
  ucb: 1,
  probability: 1,
});

test("every position is listed once, operations first, in the order of the path", () => {
  const priorities = [at("kernel", 1, 1), at("operation", 10, 2), at("operation", 2, 1)];
  const again = priorities.map((priority) => ({ ...priority, generation: 3 }));
  expect(
    priorityPositions([...priorities, ...again]).map(({ name, label }) => [name, label]),
  ).toEqual([
    ["operation 2", "Operation 3"],
    ["operation 10", "Operation 11"],
    ["kernel 1", "Kernel, layer 2"],
  ]);
});
