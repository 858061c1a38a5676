import { describe, expect, test } from "vitest";
import type { Candidate } from "../api/architectures.js";
import type { OperationStatistic } from "../api/records.js";
import { buildRecord, type RunData } from "./record.js";

function candidate(key: string, generationIndex: number, indexInGeneration: number): Candidate {
  return {
    id: `id-${key}`,
    key,
    name: `name-${key}`,
    json: { version: 1, layers: [{ kind: "conv", kernelSize: 3 }] },
    params: 10,
    flops: 20,
    score: 50,
    stability: "STABLE",
    mutation: null,
    generationIndex,
    indexInGeneration,
    parent: null,
    taskScores: ["swap", "mlm"].map((task) => ({
      task,
      kind: "zeroShot",
      metric: "accuracy",
      score: 60,
      majority: 50,
      ngram: 55,
    })),
    evaluations: [
      {
        heldOutLoss: 1,
        heldOutAccuracy: 0.5,
        tokenUniformity: [0.5, 0.25],
        stepSeconds: 0.1,
        stepRatio: 0.9,
        times: { trainSeconds: 2, fineTuneSeconds: 1, scoreSeconds: 1, overheadSeconds: 0 },
        engine: "wasm",
        attempt: 1,
      },
    ],
  };
}

function operation(operationName: string, position: number): OperationStatistic {
  const rest = { count: 1, meanScore: 1, ucb: 1, probability: 0.5 };
  return { kind: "operation", position, operation: operationName, ...rest };
}

function generation(index: number): RunData["run"]["generations"][number] {
  const time = `2026-01-01T00:00:0${index}Z`;
  return { index, size: 2, bestScore: 50, meanScore: 50, startedAt: time, finishedAt: null };
}

const data: RunData = {
  run: {
    id: "r1",
    name: "a run",
    status: "DONE",
    seed: 7,
    preset: "tiny",
    strategy: "OPNAS",
    settings: { b: 1, a: { d: 2, c: 3 } },
    engine: "wasm",
    createdAt: "2026-01-01T00:00:00Z",
    startedAt: null,
    finishedAt: null,
    bestArchitecture: { key: "k1" },
    references: [
      {
        reference: "bert",
        name: "vanilla BERT",
        key: "k9",
        json: { version: 1, layers: [{ kind: "conv", kernelSize: 9 }] },
        params: 10,
        flops: 20,
        score: 55,
        stability: "STABLE",
        taskScores: candidate("k9", 0, 0).taskScores,
      },
    ],
    generations: [generation(0), generation(1)],
    timings: {
      superNetSeconds: 1,
      trainSeconds: 1,
      fineTuneSeconds: 1,
      scoreSeconds: 1,
      overheadSeconds: 1,
    },
  },
  candidates: [candidate("k1", 0, 0), candidate("k2", 0, 1), candidate("k3", 1, 0)],
  operations: [[], [operation("add", 1), operation("softmax", 0)]],
};

/** A run with the same seed: its ids, its times and the order of arrival differ. */
const again: RunData = {
  run: {
    ...data.run,
    id: "r2",
    createdAt: "2027-01-01T00:00:00Z",
    settings: { a: { c: 3, d: 2 }, b: 1 },
    generations: [...data.run.generations].reverse(),
    timings: { ...data.run.timings, superNetSeconds: 99 },
  },
  candidates: [...data.candidates].reverse().map((each) => ({
    ...each,
    id: `other-${each.id}`,
    taskScores: [...each.taskScores].reverse(),
  })),
  operations: data.operations.map((rows) => [...rows].reverse()),
};

describe("the record of a run", () => {
  test("begins with seed, preset, strategy and engine and lists candidates in their order", () => {
    const record = buildRecord(data);
    expect(Object.keys(record).slice(0, 4)).toEqual(["seed", "preset", "strategy", "engine"]);
    const keys = record.generations.map(({ candidates }) => candidates.map(({ key }) => key));
    expect(keys).toEqual([["k1", "k2"], ["k3"]]);
  });

  test("lists the references beside the generations", () => {
    const record = buildRecord(data);
    expect(record.references).toMatchObject([
      { reference: "bert", key: "k9", score: 55, taskScores: [{ task: "mlm" }, { task: "swap" }] },
    ]);
    expect(JSON.stringify(record.generations)).not.toContain("k9");
  });

  test("differs between two runs with one seed only in run and timings", () => {
    const { run, timings, ...first } = buildRecord(data);
    const { run: otherRun, timings: otherTimings, ...second } = buildRecord(again);
    expect(JSON.stringify(second)).toBe(JSON.stringify(first));
    expect(otherRun).not.toEqual(run);
    expect(otherTimings).not.toEqual(timings);
  });

  test("keeps times and ids out of the part that is compared", () => {
    const compared = { ...buildRecord(data), run: null, timings: null };
    expect(JSON.stringify(compared)).not.toMatch(/2026|id-k1|"attempt"/);
  });
});
