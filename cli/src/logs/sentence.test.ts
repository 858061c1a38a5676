import { expect, test } from "vitest";
import { lineOfEvent } from "./sentence.js";

const of = (kind: string, payload: unknown) =>
  lineOfEvent({ seq: 1, kind, time: "2026-01-31T12:00:00.000Z", payload });

test.each([
  [
    "run.created",
    { name: "First", preset: "tiny", seed: 7 },
    "info",
    "created as First, preset tiny, seed 7",
  ],
  ["run.status", { status: "PAUSED", reason: null }, "info", "is paused"],
  ["run.waiting", { reason: "The disk is full." }, "warn", "waits: The disk is full."],
  [
    "supernet.progress",
    { step: 10, total: 20, loss: 5.25, tokensPerSecond: 1, etaSeconds: 1, note: null },
    "info",
    "super-net: step 10 of 20, loss 5.250",
  ],
  [
    "candidate.evaluated",
    { architectureId: "a", generationId: "g", score: 50, stability: "NO_LEARNING" },
    "info",
    "candidate a: score 50.00, no learning",
  ],
  [
    "candidate.failed",
    { architectureId: "a", generationId: "g", code: "DISK_FULL", message: "The disk is full." },
    "error",
    "candidate a: failed: The disk is full. [DISK_FULL]",
  ],
  [
    "run.finished",
    { bestArchitectureId: null, bestScore: null },
    "info",
    "finished, best score none",
  ],
  ["of.tomorrow", { x: 1 }, "info", 'of.tomorrow {"x":1}'],
  ["toString", { x: 1 }, "info", 'toString {"x":1}'],
  ["run.created", "no object", "info", 'run.created "no object"'],
])("an event %s is a sentence with a level", (kind, payload, level, text) => {
  expect(of(kind, payload)).toEqual({ level, text });
});
