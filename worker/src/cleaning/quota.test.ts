import { readRetention } from "@opnas/core";
import type { FileOwner } from "@opnas/prisma";
import { expect, test } from "vitest";
import { day, type Known } from "./needless.js";
import type { Place, PlacedFile } from "./places.js";
import { beyondQuota } from "./quota.js";

const now = Date.UTC(2026, 0, 31);
const place: Place = {
  list: () => Promise.resolve([]),
  remove: () => Promise.resolve(),
  read: () => Promise.resolve(undefined),
  addressOf: (name) => name,
  belongsTo: () => Promise.resolve(true),
  mark: "database.id",
};
const idOf = (digit: number) => `0199b1f0-0000-7000-8000-00000000000${digit}`;
const ended = idOf(1);
const live = idOf(2);
const older = idOf(3);
const model = idOf(4);

function owner(id: string, change: Partial<FileOwner> = {}): [string, FileOwner] {
  const usual = { isLive: false, isDone: true, isOld: false, isDue: false };
  return [id, { id, runId: id, published: "super-net.1.safetensors", ...usual, ...change }];
}

/** A file of 1 GB that changed so many days ago. */
function file(role: string, days = 9): PlacedFile {
  return { name: role, role, place, bytes: 1e9, modified: now - days * day };
}

const key = (letter: string) => letter.repeat(24);
const files = [
  file(`artifacts/${ended}/super-net.1.safetensors`, 9),
  file(`artifacts/${older}/super-net.1.safetensors`, 20),
  file(`artifacts/${ended}/checkpoints/super-net/9.1.safetensors`, 3),
  file(`artifacts/${live}/super-net.1.safetensors`, 30),
  file(`artifacts/${live}/checkpoints/super-net/9.1.safetensors`, 30),
  file(`artifacts/trainings/${model}/attempt-1/weights.safetensors`, 30),
  file(`prepared/text-${key("a")}.bin`, 2),
  file(`prepared/text-${key("b")}.bin`, 50),
  file(`artifacts/${idOf(5)}/super-net.1.safetensors`, 0.5),
];

function chosen(quotaGB: number, change: Partial<Known> = {}) {
  const known: Known = {
    owners: new Map([
      owner(ended),
      owner(older),
      owner(live, { isLive: true, isDone: false }),
      owner(model, { runId: ended, published: `trainings/${model}/attempt-1` }),
      owner(idOf(5)),
    ]),
    evaluated: new Set(),
    namedBy: new Map([[key("b"), [ended]]]),
    ownPlaces: new Set([place]),
    oldExports: new Set(),
    retention: readRetention(`quotaGB=${quotaGB}`),
    now,
    ...change,
  };
  const { groups, notes } = beyondQuota(files, [], known);
  return { roles: groups.flatMap((group) => group.files.map(({ role }) => role)), notes };
}

test("without a quota, or below it, nothing more goes", () => {
  for (const quota of [0, 9, 10]) expect(chosen(quota)).toEqual({ roles: [], notes: [] });
});

test("above it goes first what costs least to make again, then the oldest, no more than needed", () => {
  expect(chosen(5)).toEqual({
    roles: [
      `prepared/text-${key("a")}.bin`,
      `artifacts/${ended}/checkpoints/super-net/9.1.safetensors`,
      `artifacts/${older}/super-net.1.safetensors`,
      `artifacts/${ended}/super-net.1.safetensors`,
    ],
    notes: [],
  });
  expect(chosen(7).roles).toHaveLength(2);
});

test("work that goes on, models, texts in use and young files stay, and that is said", () => {
  const { roles, notes } = chosen(1);
  expect(roles).toHaveLength(4);
  expect(notes).toEqual([expect.stringMatching(/^5\.0 GB of files stay, above the quota of 1 GB/)]);
});

test("files of a place of another database stay", () => {
  expect(chosen(1, { ownPlaces: new Set() }).roles).toEqual([]);
});

test("what goes anyway counts as gone", () => {
  const known = { owners: new Map(), evaluated: new Set<string>(), namedBy: new Map() };
  const rest = { ownPlaces: new Set([place]), retention: readRetention("quotaGB=8"), now };
  const going = [{ kind: "prepared" as const, id: "text", files: files.slice(6, 7) }];
  expect(beyondQuota(files, going, { ...known, ...rest })).toEqual({ groups: [], notes: [] });
});
