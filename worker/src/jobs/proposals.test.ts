import { type Architecture, presetNamed, searchContext, strategies } from "@opnas/core";
import { candidateOf, type HistoryRow, type PendingRow, referencesOf } from "@opnas/prisma";
import { afterAll, expect, test } from "vitest";
import { Proposals } from "./proposals.js";

const { settings } = presetNamed("smoke");
const search = searchContext(settings, 7);
const proposals = new Proposals();
afterAll(() => proposals.end());

const initial = strategies[settings.strategy].initial(search);
const scored = initial.children.map((child, index) => row(child, (index * 37) % 11, 0, index));

/** A candidate as it is read of the database. */
function row(
  { architecture, key }: { architecture: Architecture; key: string },
  score: number,
  generation: number,
  index: number,
): HistoryRow {
  const layers = architecture.layers.map((layer) => JSON.stringify(layer)).join("\n");
  return { version: architecture.version, layers, key, score, generation, index };
}

/** A stored history, which notes what is read of it. */
function stored(rows: HistoryRow[], version = "1", pending: PendingRow[][] = []) {
  const reads: [number, number][] = [];
  const reader = {
    rows: (from: number, before: number) => {
      reads.push([from, before]);
      return Promise.resolve(
        rows.filter(({ generation }) => generation >= from && generation < before),
      );
    },
    pending: (from: number, before: number) =>
      Promise.resolve(pending.filter((_, index) => index >= from && index < before).flat()),
    version: (before: number) => Promise.resolve(`${version} before ${before}`),
  };
  return { reader, reads };
}

test("the thread proposes what the strategy does, and the calling thread goes on meanwhile", async () => {
  const run = { id: "equal", seed: 7, settings };
  const { reader } = stored(scored);
  let turns = 0;
  const turning = setInterval(() => turns++, 1);
  const first = await proposals.propose(run, 0, reader);
  const second = await proposals.propose(run, 1, reader);
  clearInterval(turning);
  expect(turns).toBeGreaterThan(0);
  expect(first.candidates).toEqual(initial.children.map((child) => candidateOf(child, settings)));
  expect(first.references).toEqual(referencesOf(settings));
  const history = initial.children.map((child, index) => {
    return { ...child, score: (index * 37) % 11, generation: 0, index };
  });
  const { children, priorities } = strategies[settings.strategy].next(history, 1, search);
  expect(second).toEqual({
    candidates: children.map((child) => candidateOf(child, settings)),
    priorities,
    references: [],
  });
});

test("generations that overlap are proposed from those before them, whatever else is known", async () => {
  const overlapping = { ...settings, inFlight: 8 };
  const run = { id: "overlap", seed: 7, settings: overlapping };
  const first = await proposals.propose(run, 1, stored(scored).reader);
  const children = first.candidates.map((child, index) => row(child, index, 1, index));
  const { reader, reads } = stored([...scored, ...children], "1", [[], first.candidates]);
  const second = await proposals.propose(run, 2, reader);
  expect(reads.at(-1)).toEqual([1, 1]);
  const context = { ...search, settings: overlapping, pending: first.candidates };
  const history = initial.children.map((child, index) => {
    return { ...child, score: (index * 37) % 11, generation: 0, index };
  });
  const wanted = strategies[settings.strategy].next(history, 2, context);
  expect(second.candidates.map(({ key }) => key)).toEqual(wanted.children.map(({ key }) => key));
});

test("only generations that the thread has not yet are read, and all when they changed", async () => {
  const run = { id: "read", seed: 7, settings };
  const { reader, reads } = stored(scored);
  const once = await proposals.propose(run, 1, reader);
  expect(await proposals.propose(run, 1, reader)).toEqual(once);
  const changed = stored(scored, "2");
  expect(await proposals.propose(run, 1, changed.reader)).toEqual(once);
  expect(reads).toEqual([
    [0, 1],
    [1, 1],
  ]);
  expect(changed.reads).toEqual([[0, 1]]);
});

test("an error of the strategy comes back, and the thread goes on", async () => {
  const run = { id: "error", seed: 7, settings };
  const { reader } = stored([]);
  await expect(proposals.propose(run, 1, reader)).rejects.toMatchObject({ code: "BAD_INPUT" });
  expect((await proposals.propose(run, 0, reader)).candidates).not.toEqual([]);
});

test("a thread that is ended meanwhile says so", async () => {
  const ending = new Proposals();
  const proposing = ending.propose({ id: "end", seed: 7, settings }, 1, stored(scored).reader);
  await new Promise((resolve) => setTimeout(resolve, 20));
  await Promise.all([expect(proposing).rejects.toMatchObject({ code: "STOPPED" }), ending.end()]);
});
