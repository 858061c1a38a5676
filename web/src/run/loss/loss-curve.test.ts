import { expect, test } from "vitest";
import type { EventLine } from "@/run/events/queries";
import { lossCurve } from "./loss-curve";

function event(seq: number, kind: string, payload: unknown): EventLine {
  const time = "2026-01-01T00:00:00Z";
  return { seq, kind, time, payload, architecture: null, generation: null };
}

test("the loss curve consists of the progress events with a loss", () => {
  const log = [
    event(1, "supernet.progress", { step: 0, loss: null }),
    event(2, "supernet.progress", { step: 10, loss: 6.5 }),
    event(3, "candidate.evaluated", { step: 11, loss: 1 }),
  ];
  expect(lossCurve(log)).toEqual([{ step: 10, loss: 6.5 }]);
});
