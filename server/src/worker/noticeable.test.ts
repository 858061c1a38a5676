import { expect, test } from "vitest";
import { noticeable } from "./noticeable.js";
import type { Worker } from "./types.js";

const gpu = { index: 0, name: "L4", utilisation: 0.9, memoryUsedBytes: 10e9, memoryBytes: 24e9 };
const worker = {
  id: "0199b1f0-0000-7000-8000-000000000001",
  name: "a",
  engine: "tensorflow-gpu",
  engineReasons: [],
  threads: 1,
  slots: 1,
  status: "busy",
  currentJobs: ["super-net"],
  restReason: null,
  cpuShare: 1.5,
  cores: 2,
  memoryBytes: 1.4e9,
  hostMemoryBytes: 16e9,
  hostMemoryFreeBytes: 8e9,
  gpus: [gpu],
  startedAt: new Date("2026-01-01"),
  lastSeenAt: new Date("2026-01-02"),
} satisfies Worker;

test.each<[string, Partial<Worker>]>([
  ["the time of its report", { lastSeenAt: new Date("2026-01-03") }],
  ["2 % of a core", { cpuShare: 1.52 }],
  ["30 MB", { memoryBytes: 1.43e9, hostMemoryFreeBytes: 7.97e9 }],
  ["2 % of a GPU", { gpus: [{ ...gpu, utilisation: 0.92, memoryUsedBytes: 10.04e9 }] }],
])("nobody notices %s", (_, change) => {
  expect(noticeable([{ ...worker, ...change }])).toBe(noticeable([worker]));
});

test.each<[string, Partial<Worker>]>([
  ["an ended job", { currentJobs: [], status: "idle" }],
  ["a rest", { restReason: "The disk is full." }],
  ["10 % of a core", { cpuShare: 1.6 }],
  ["that nothing is measured", { cpuShare: null }],
  ["0.2 GB", { memoryBytes: 1.6e9 }],
  ["10 % of a GPU", { gpus: [{ ...gpu, utilisation: 1 }] }],
  ["a GPU that is gone", { gpus: null }],
])("somebody notices %s", (_, change) => {
  expect(noticeable([{ ...worker, ...change }])).not.toBe(noticeable([worker]));
});
