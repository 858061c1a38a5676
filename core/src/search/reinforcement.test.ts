import { describe, expect, test } from "vitest";
import { presetNamed } from "../presets.js";
import { stream } from "../random.js";
import { searchContext } from "./strategies.js";
import { reinforcement } from "./reinforcement.js";
import type { Candidate, SearchContext } from "./strategy.js";

const settings = { ...presetNamed("tiny").settings, generations: 8 };

/** Searches to the end. @returns its history, with made-up scores */
function searched<A>(context: SearchContext<A>): Candidate<A>[] {
  const history: Candidate<A>[] = [];
  for (let generation = 0; generation <= settings.generations; generation++) {
    const { children } =
      generation === 0
        ? reinforcement.initial(context)
        : reinforcement.next(history, generation, context);
    for (const [index, { architecture, key }] of children.entries()) {
      history.push({ architecture, key, score: stream(1, key).normal(), generation, index });
    }
  }
  return history;
}

describe("what was learnt for the proposal before", () => {
  const context = searchContext(settings, 7);
  const history = searched(context);
  /** Proposes for a space of which nothing was learnt. */
  const proposedAnew = (known: typeof history, generation: number, seed = 7) =>
    reinforcement.next(known, generation, searchContext(settings, seed));

  test("gives what learning everything anew gives", () => {
    for (const generation of [3, 8]) {
      const before = history.filter((candidate) => candidate.generation < generation);
      const wanted = history.filter((candidate) => candidate.generation === generation);
      const { children } = proposedAnew(before, generation);
      expect(children.map(({ key }) => key)).toEqual(wanted.map(({ key }) => key));
    }
  });

  test("does not count after a change to a score, for another seed, or for an earlier generation", () => {
    const [first, ...others] = history.filter(({ generation }) => generation < 8);
    if (!first) throw new Error("The history is empty.");
    const changed = [{ ...first, score: 9 }, ...others];
    expect(reinforcement.next(changed, 8, context)).toEqual(proposedAnew(changed, 8));
    const reseeded = { ...context, seed: 8 };
    expect(reinforcement.next(changed, 8, reseeded)).toEqual(proposedAnew(changed, 8, 8));
    const early = changed.filter(({ generation }) => generation < 2);
    expect(reinforcement.next(early, 2, context)).toEqual(proposedAnew(early, 2));
  });
});
