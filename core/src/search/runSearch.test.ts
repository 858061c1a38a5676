import { describe, expect, test } from "vitest";
import { OpnasError } from "../errors.js";
import { stream } from "../random.js";
import { strategyNames } from "../settings/names.js";
import { constrainedSpace } from "./constrainedSpace.js";
import { evolve, initialPopulation } from "./evolution.js";
import { runSearch, type SearchOptions } from "./runSearch.js";
import { chooseUniformly } from "./searchSpace.js";
import { slotSpace } from "./slotSpace.js";
import { choice, ordered } from "./slotValues.js";
import { strategies } from "./strategies.js";
import type { Strategy } from "./strategy.js";
import { strategySettings } from "./strategySettings.js";

const letters = ["a", "b", "c", "d"] as const;
const space = slotSpace({
  one: choice(letters),
  two: choice(letters),
  three: choice(letters),
  count: ordered([1, 2, 3, 4, 5, 6]),
});
type Architecture = ReturnType<typeof space.sample>;

const scoreOf = ({ one, two, three, count }: Architecture) =>
  stream(1, one).next() + stream(2, two).next() + stream(3, three + one).next() + count / 10;
const unlimited = { space, evaluate: scoreOf, seed: 5 };
const usual: SearchOptions<Architecture> = { ...unlimited, evaluations: 30 };

/** Lets other work go on for a number of turns. */
async function turns(count: number): Promise<void> {
  for (let turn = 0; turn < count; turn++) await new Promise((resolve) => setImmediate(resolve));
}

describe.each(strategyNames)("the strategy %s", (strategy) => {
  test("evaluates exactly the budget, every architecture once, and gives the best", async () => {
    const { candidates, best, ended } = await runSearch({ ...usual, strategy });
    expect({ ended, evaluations: candidates.length }).toEqual({ ended: "budget", evaluations: 30 });
    expect(new Set(candidates.map(({ key }) => key)).size).toBe(30);
    expect(best?.score).toBe(Math.max(...candidates.map(({ score }) => score)));
  });

  test("continues with a larger budget as if it had been given at first", async () => {
    const long = await runSearch({ ...usual, strategy, evaluations: 37 });
    const short = await runSearch({ ...usual, strategy });
    expect(long.candidates.slice(0, 30)).toEqual(short.candidates);
    let calls = 0;
    const evaluate = (architecture: Architecture) => {
      calls++;
      return scoreOf(architecture);
    };
    const history = stream(1, "order").shuffle(short.candidates);
    const resumed = await runSearch({ ...usual, strategy, evaluate, evaluations: 37, history });
    expect(resumed).toEqual(long);
    expect(calls).toBe(7);
  });
});

test("generations are a budget, too: the first population, then as many children each", async () => {
  const { candidates, ended } = await runSearch({ ...unlimited, generations: 3 });
  expect({ ended, evaluations: candidates.length }).toEqual({
    ended: "budget",
    evaluations: 6 + 3 * 4,
  });
  const both = await runSearch({ ...usual, generations: 3, evaluations: 10 });
  expect(both.candidates).toEqual(candidates.slice(0, 10));
});

test("evaluations run side by side, and the result does not depend on which ends first", async () => {
  let [running, most] = [0, 0];
  const evaluate = async (architecture: Architecture) => {
    most = Math.max(most, ++running);
    await turns(1 + (Math.floor(10 * scoreOf(architecture)) ** 2 % 13));
    running--;
    return scoreOf(architecture);
  };
  const order: number[] = [];
  const parallel = await runSearch({
    ...usual,
    evaluate,
    concurrency: 3,
    onCandidate: ({ index }) => order.push(index),
  });
  expect(parallel).toEqual(await runSearch(usual));
  expect(most).toBe(3);
  expect(order).toHaveLength(30);
  expect(order).not.toEqual(parallel.candidates.map(({ index }) => index));
});

test("an aborted search returns what it has, and goes on from there", async () => {
  const stop = new AbortController();
  const signals: AbortSignal[] = [];
  const stopped = await runSearch({
    ...usual,
    concurrency: 2,
    signal: stop.signal,
    evaluate: async (architecture, signal) => {
      signals.push(signal);
      await turns(2);
      if (signals.length >= 15) stop.abort();
      signal.throwIfAborted();
      return scoreOf(architecture);
    },
  });
  expect(stopped.ended).toBe("stopped");
  expect(stopped.candidates.length).toBeGreaterThan(8);
  expect(stopped.candidates.length).toBeLessThan(16);
  const whole = await runSearch({ ...usual, history: stopped.candidates });
  expect(whole).toEqual(await runSearch(usual));

  const none = await runSearch({ ...usual, signal: AbortSignal.abort() });
  expect(none).toEqual({ candidates: [], best: undefined, ended: "stopped" });
});

test("what an evaluation throws ends the search when the others have ended", async () => {
  let running = 0;
  const evaluate = async (architecture: Architecture, signal: AbortSignal) => {
    running++;
    await turns(architecture.count);
    running--;
    signal.throwIfAborted();
    if (architecture.count > 2) throw new Error("out of memory");
    return 0;
  };
  await expect(runSearch({ ...usual, evaluate, concurrency: 4 })).rejects.toThrow("out of memory");
  expect(running).toBe(0);
});

test.each<[string, Partial<SearchOptions<Architecture>>]>([
  ["needs a budget", {}],
  ["evaluations must be a whole number from 1: 0", { evaluations: 0 }],
  ["concurrency must be a whole number from 1: 1.5", { evaluations: 9, concurrency: 1.5 }],
  ["population: ", { evaluations: 9, settings: { population: 1 } }],
  ["parents must not exceed population", { evaluations: 9, settings: { parents: 9 } }],
  ["screening.draws: ", { evaluations: 9, settings: { screening: { draws: 0 } } }],
  ["must be a finite number", { evaluations: 9, evaluate: () => Number.NaN }],
])("a search that cannot be run says why: %s", async (message, changes) => {
  const search = runSearch({ ...unlimited, ...changes });
  await expect(search).rejects.toThrow(message);
  await expect(search).rejects.toThrow(OpnasError);
});

describe("a narrow space", () => {
  const only = (count: number) =>
    constrainedSpace(
      space,
      ({ one, two, three, count: own }) =>
        one === "a" && two === "a" && three === "b" && own <= count,
    );

  test.each(strategyNames)("is searched to its end by %s", async (strategy) => {
    for (const count of [1, 3]) {
      const { candidates, ended } = await runSearch({ ...usual, strategy, space: only(count) });
      expect({ ended, evaluations: candidates.length }).toEqual({
        ended: "exhausted",
        evaluations: count,
      });
    }
  });

  test("is an error that says what to do where nothing is accepted", async () => {
    const search = runSearch({ ...usual, space: only(0) });
    await expect(search).rejects.toThrow(
      "Of 10000 sampled architectures none is within the search's limits. Loosen them,",
    );
  });
});

test("a strategy of one's own can be made of the exported parts", async () => {
  const strategy = {
    initial: initialPopulation,
    next: <A>(...[history, generation, context]: Parameters<typeof evolveUniformly<A>>) => ({
      children: evolveUniformly(history, generation, context),
      priorities: [],
    }),
  };
  const own = await runSearch({ ...usual, strategy });
  expect(own).toEqual(await runSearch({ ...usual, strategy: "evolution" }));
  expect(strategySettings({ population: 9 }).population).toBe(9);
});

function evolveUniformly<A>(
  history: Parameters<typeof evolve<A>>[0],
  generation: number,
  context: Parameters<typeof evolve<A>>[3],
) {
  return evolve(history, generation, chooseUniformly, context);
}

describe("with overlapping generations", () => {
  // 4 children each: a generation is proposed when all but the last two are evaluated.
  const overlapping = { ...usual, evaluations: 40, inFlight: 12 };
  const names = strategyNames.filter((name) => name !== "reinforcement");

  test.each(names)(
    "%s evaluates its budget, every architecture once, in any order",
    async (strategy) => {
      const evaluate = async (architecture: Architecture) => {
        await turns(1 + (Math.floor(10 * scoreOf(architecture)) ** 2 % 13));
        return scoreOf(architecture);
      };
      const parallel = await runSearch({ ...overlapping, strategy, evaluate, concurrency: 9 });
      expect(parallel).toEqual(await runSearch({ ...overlapping, strategy }));
      expect(parallel.ended).toBe("budget");
      expect(new Set(parallel.candidates.map(({ key }) => key)).size).toBe(40);
    },
  );

  test("a generation is proposed while those before it are evaluated, from the scores before them", async () => {
    const seen: number[][] = [];
    const watched: Strategy = {
      initial: (context) => strategies.opnas.initial(context),
      next: (history, generation, context) => {
        seen.push([generation, history.length, context.pending?.length ?? 0]);
        return strategies.opnas.next(history, generation, context);
      },
    };
    let [running, most] = [0, 0];
    const evaluate = async (architecture: Architecture) => {
      most = Math.max(most, ++running);
      await turns(architecture.count);
      running--;
      return scoreOf(architecture);
    };
    const search = { ...overlapping, strategy: watched, evaluate, concurrency: 11 };
    await runSearch({ ...search, evaluations: 30 });
    expect(seen).toEqual([
      [1, 6, 0],
      [2, 6, 4],
      [3, 6, 8],
      [4, 10, 8],
      [5, 14, 8],
      [6, 18, 8],
    ]);
    expect(most).toBe(11);
    seen.length = 0;
    const single = { parents: 1, childrenPerParent: 1 };
    await runSearch({ ...search, inFlight: 3, evaluations: 11, settings: single });
    const pending = [0, 1, 2, 2, 2];
    expect(seen).toEqual(pending.map((count, at) => [at + 1, 6 + at - count, count]));
  });

  test("too few in flight for two generations give generations one after the other", async () => {
    const serial = await runSearch(usual);
    expect(await runSearch({ ...usual, inFlight: 7 })).toEqual(serial);
    expect(await runSearch({ ...usual, inFlight: 8 })).not.toEqual(serial);
  });

  test("goes on from what is known, with any budget", async () => {
    const long = await runSearch(overlapping);
    const short = await runSearch({ ...overlapping, evaluations: 27 });
    expect(long.candidates.slice(0, 27)).toEqual(short.candidates);
    const history = stream(1, "order").shuffle(short.candidates);
    expect(await runSearch({ ...overlapping, history })).toEqual(long);
  });

  test("stops when aborted, fails when an evaluation does, and ends a space that is exhausted", async () => {
    const stop = new AbortController();
    const onCandidate = ({ generation }: { generation: number }) => {
      if (generation === 4) stop.abort();
    };
    const stopped = await runSearch({ ...overlapping, signal: stop.signal, onCandidate });
    expect([stopped.ended, stopped.candidates.length]).toEqual(["stopped", 6 + 3 * 4 + 1]);
    const failing = () => {
      throw new Error("out of memory");
    };
    const failed = runSearch({ ...overlapping, evaluate: failing });
    await expect(failed).rejects.toThrow("out of memory");
    const few = slotSpace({ one: choice(letters), two: choice(letters) });
    const all = await runSearch({
      space: few,
      evaluate: ({ one, two }) => stream(1, one).next() + stream(2, two).next(),
      seed: 1,
      evaluations: 30,
      inFlight: 12,
    });
    expect([all.ended, all.candidates.length]).toEqual(["exhausted", 16]);
  });

  test("an error of the strategy waits for the evaluations under way", async () => {
    let running = 0;
    const evaluate = async (architecture: Architecture) => {
      running++;
      await turns(20);
      running--;
      return scoreOf(architecture);
    };
    const broken: Strategy = {
      initial: (context) => strategies.opnas.initial(context),
      next: (history, generation, context) => {
        if (generation === 3) throw new Error("no proposal");
        return strategies.opnas.next(history, generation, context);
      },
    };
    const search = runSearch({ ...overlapping, strategy: broken, evaluate, concurrency: 4 });
    await expect(search).rejects.toThrow("no proposal");
    expect(running).toBe(0);
  });

  test("are refused to reinforcement learning, and without a candidate", async () => {
    const learnt = runSearch({ ...overlapping, strategy: "reinforcement" });
    await expect(learnt).rejects.toMatchObject({ code: "BAD_SETTING" });
    await expect(runSearch({ ...usual, inFlight: 0 })).rejects.toMatchObject({
      code: "BAD_SETTING",
    });
  });
});
