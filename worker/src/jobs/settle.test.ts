import { errorKinds, type ErrorCode, OpnasError } from "@opnas/core";
import { expect, test } from "vitest";
import { judge, type Verdict } from "./settle.js";

const verdictOf = (code: ErrorCode, { isClaimed = true, isStopping = false } = {}) =>
  judge(new OpnasError(code, "A sentence."), { isClaimed, isStopping });

test("faults of a machine rest it, and never fail what it worked on", () => {
  const machine = Object.entries(errorKinds).filter(([, kind]) => kind === "machine");
  expect(machine.length).toBeGreaterThan(3);
  for (const code of [
    "DISK_FULL",
    "DATA_FOLDER_UNWRITABLE",
    "ENGINE_UNAVAILABLE",
    "ARTIFACTS_UNREACHABLE",
  ] as const) {
    expect(verdictOf(code)).toBe("rest");
    expect(verdictOf(code, { isClaimed: false })).toBe("rest");
  }
  expect(verdictOf("WORKER_LOST", { isClaimed: false })).toBe("rest");
});

test.each<[ErrorCode, Verdict, Verdict]>([
  ["STOPPED", "drop", "giveBack"],
  ["ATTEMPT_REPLACED", "drop", "drop"],
  ["WORKER_LOST", "retry", "giveBack"],
  ["DATABASE_UNREACHABLE", "giveBack", "giveBack"],
  ["DATABASE_BUSY", "giveBack", "giveBack"],
  ["ANOTHER_STORE", "decline", "decline"],
  ["ANOTHER_ENGINE", "decline", "decline"],
  ["INTERNAL", "fail", "fail"],
  ["BAD_ARCHITECTURE", "fail", "fail"],
  ["BAD_SETTING", "fail", "fail"],
])("%s means %s, and %s while the worker stops", (code, running, stopping) => {
  expect(verdictOf(code)).toBe(running);
  expect(verdictOf(code, { isStopping: true })).toBe(stopping);
});

test("without a claim nothing is failed", () => {
  expect(verdictOf("INTERNAL", { isClaimed: false })).toBe("giveBack");
});
