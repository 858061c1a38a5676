import { expect, test } from "vitest";
import type { Candidate } from "@/architecture/fragments";
import type { ArchitectureOrder } from "@/generated/graphql";
import { addPage, applyChange, type Board, compareRows } from "./board";

const byScore: ArchitectureOrder = { field: "SCORE", direction: "DESC" };

function row(id: string, score: number | null): Candidate {
  return {
    id,
    key: id,
    name: id,
    score,
    stability: "STABLE",
    params: 1,
    flops: 1,
    stepSeconds: null,
    stepRatio: null,
    reference: null,
    generationIndex: 0,
    indexInGeneration: 0,
    createdAt: "2026-01-01T00:00:00Z",
    layers: [],
    run: { id: "r", name: "r", preset: "tiny" },
  };
}

const ids = ({ rows }: Board) => rows.map(({ id }) => id);
const board: Board = { rows: [row("a", 60), row("b", 50)], total: 2, next: null };

test("a pushed row is inserted in the order", () => {
  const changed = applyChange(board, { upserts: [row("c", 55)], removed: [], total: 3 }, byScore);
  expect(ids(changed)).toEqual(["a", "c", "b"]);
  expect(changed.total).toBe(3);
});

test("a row whose score changed moves and is not duplicated", () => {
  const changed = applyChange(board, { upserts: [row("b", 70)], removed: [], total: 2 }, byScore);
  expect(ids(changed)).toEqual(["b", "a"]);
});

test("a row that no longer matches is removed", () => {
  const changed = applyChange(board, { upserts: [], removed: ["a"], total: 1 }, byScore);
  expect(ids(changed)).toEqual(["b"]);
});

test("a pushed row below the last loaded one is left to later pages", () => {
  const paged: Board = { ...board, total: 40, next: "cursor" };
  const change = { upserts: [row("low", 10), row("high", 90)], removed: [], total: 42 };
  expect(ids(applyChange(paged, change, byScore))).toEqual(["high", "a", "b"]);
});

test("a loaded row that falls below the last one is removed", () => {
  const paged: Board = { ...board, total: 40, next: "cursor" };
  const changed = applyChange(paged, { upserts: [row("a", 10)], removed: [], total: 40 }, byScore);
  expect(ids(changed)).toEqual(["b"]);
});

test("a further page does not duplicate a row that was pushed before", () => {
  const page: Board = { rows: [row("b", 50), row("c", 40)], total: 3, next: null };
  expect(ids(addPage({ ...board, next: "cursor" }, page, byScore))).toEqual(["a", "b", "c"]);
});

test("rows without a score come last in both directions", () => {
  const ascending: ArchitectureOrder = { field: "SCORE", direction: "ASC" };
  expect(compareRows(row("a", null), row("b", 1), byScore)).toBeGreaterThan(0);
  expect(compareRows(row("a", null), row("b", 1), ascending)).toBeGreaterThan(0);
});
