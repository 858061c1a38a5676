import "reflect-metadata";
import { presetNamed } from "@opnas/core";
import type { SearchRun } from "@opnas/prisma";
import { expect, test } from "vitest";
import { progressOf } from "./progress.js";

const { settings } = presetNamed("tiny");

function at(
  phase: SearchRun["phase"],
  progressDone: number,
  progressTotal: number,
  etaSeconds: number | null = null,
) {
  const run = { ...row, phase, progressDone, progressTotal, etaSeconds };
  return progressOf(run, settings);
}

const row: SearchRun = {
  id: "00000000-0000-7000-8000-000000000000",
  name: "tiny 7",
  status: "RUNNING",
  phase: "PREPARING",
  seed: 7,
  preset: "tiny",
  strategy: "opnas",
  settings: {},
  idempotencyKey: null,
  engine: null,
  engines: [],
  error: null,
  progressDone: 0,
  progressTotal: 0,
  etaSeconds: null,
  progressNote: null,
  waitingReason: null,
  failures: 0,
  superNetSkipped: 0,
  superNetFile: null,
  superNetChecksum: null,
  superNetStore: null,
  superNetSeconds: 0,
  lastSeq: 1,
  bestScore: null,
  createdAt: new Date(0),
  startedAt: null,
  finishedAt: null,
  archivedAt: null,
  deletedAt: null,
  teamId: null,
  ownerId: null,
  tags: [],
  note: null,
  origin: null,
};

test("the fraction grows from 0 to 1 through all phases and never falls", () => {
  const fractions = [
    at("PREPARING", 0, 0),
    at("SUPERNET", 0, 2400),
    at("SUPERNET", 1200, 2400),
    at("SUPERNET", 2400, 2400),
    at("SEARCHING", 0, 96),
    at("SEARCHING", 48, 96),
    at("SEARCHING", 96, 96),
    at("FINISHED", 96, 96),
  ].map(({ fraction }) => fraction);
  expect(fractions[0]).toBe(0);
  expect(fractions.at(-1)).toBe(1);
  expect([...fractions].sort((a, b) => a - b)).toEqual(fractions);
  expect(fractions[3]).toBe(fractions[4]);
});

test("the ETA is the worker's, in whole seconds, and null while there is none", () => {
  expect(at("SUPERNET", 10, 2400).etaSeconds).toBeNull();
  expect(at("SUPERNET", 10, 2400, 61.7).etaSeconds).toBe(62);
  expect(at("SEARCHING", 96, 96, -0.2).etaSeconds).toBe(0);
});
