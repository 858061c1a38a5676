import { describe, expect, it } from "vitest";

import { batchRows } from "./batchRows.js";

describe("batchRows", () => {
  it("shows every row once in an epoch", () => {
    const rows = batchRows(12, 4, 7, "test");
    const epoch = [0, 1, 2].flatMap((step) => [...rows(step)]);
    expect(epoch.sort((a, b) => a - b)).toEqual(Array.from({ length: 12 }, (_, row) => row));
  });

  it("takes the rows in another order in the next epoch", () => {
    const rows = batchRows(64, 64, 7, "test");
    expect(rows(0)).not.toEqual(rows(1));
  });

  it("gives a resumed run the batches it would have had", () => {
    const whole = batchRows(50, 8, 7, "test");
    const batches = Array.from({ length: 20 }, (_, step) => whole(step));
    const resumed = batchRows(50, 8, 7, "test");
    for (const step of [19, 13, 4]) expect(resumed(step)).toEqual(batches[step]);
  });

  it("depends on the seed and on the purpose", () => {
    const first = batchRows(50, 8, 7, "test")(0);
    expect(batchRows(50, 8, 8, "test")(0)).not.toEqual(first);
    expect(batchRows(50, 8, 7, "other")(0)).not.toEqual(first);
  });

  it("repeats rows when there are fewer than a batch holds", () => {
    const batch = batchRows(3, 8, 7, "test")(5);
    expect(batch).toHaveLength(8);
    expect(new Set(batch)).toEqual(new Set([0, 1, 2]));
  });
});
