import { describe, expect, test } from "vitest";

import { batchRows } from "./batchRows.js";

describe("batchRows", () => {
  test("shows every row once in an epoch", () => {
    const rows = batchRows(12, 4, 7, "test");
    const epoch = [0, 1, 2].flatMap((step) => [...rows(step)]);
    expect(epoch.sort((a, b) => a - b)).toEqual(Array.from({ length: 12 }, (_, row) => row));
  });

  test("takes the rows in another order in the next epoch", () => {
    const rows = batchRows(64, 64, 7, "test");
    expect(rows(0)).not.toEqual(rows(1));
  });

  test("gives a resumed run the batches it would have had", () => {
    const whole = batchRows(50, 8, 7, "test");
    const batches = Array.from({ length: 20 }, (_, step) => whole(step));
    const resumed = batchRows(50, 8, 7, "test");
    for (const step of [19, 13, 4]) expect(resumed(step)).toEqual(batches[step]);
  });

  test("depends on the seed and on the purpose", () => {
    const first = batchRows(50, 8, 7, "test")(0);
    expect(batchRows(50, 8, 8, "test")(0)).not.toEqual(first);
    expect(batchRows(50, 8, 7, "other")(0)).not.toEqual(first);
  });

  test("repeats rows when there are fewer than a batch holds", () => {
    const batch = batchRows(3, 8, 7, "test")(5);
    expect(batch).toHaveLength(8);
    expect(new Set(batch)).toEqual(new Set([0, 1, 2]));
  });
});
