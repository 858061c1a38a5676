/** The time that a strategy takes for a proposal; run by `npm run bench:proposals`. */
import { fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { presetNamed, strategyNames, type SearchSettings } from "@opnas/core";
import { z } from "zod";
import { list, runBench, whole } from "../common/command.ts";
import { note } from "../common/progress.ts";
import { spread } from "../common/statistics.ts";
import { madeHistory } from "./history.ts";
import { replySchema, type Reply, type Request } from "./protocol.ts";

const linear = "opnas-linear";
const names = [...strategyNames, linear] as const;

const about = `Milliseconds of a generation's proposal after so many evaluated candidates (--candidates) of so many
--layers, in the thread that a worker proposes in: the first proposal of a new process, which gets the whole history,
and the next one, a generation later. Histories are made up, generations as in the preset tiny; ${linear} is the
default strategy with its linear surrogate. --repeats processes for each, of whose times the medians count.`;

await runBench(
  {
    name: "bench:proposals",
    about,
    options: {
      strategies: list(z.enum(names)).default([...names]),
      candidates: list(whole(1)).default([1_000, 10_000]),
      layers: whole(1).default(12),
      repeats: whole(1).default(3),
      seed: whole(0).default(7),
    },
    quick: { candidates: "40", layers: "2", repeats: "1" },
  },
  async ({ strategies, candidates, layers, repeats, seed }) => {
    const rows = [];
    for (const size of candidates) {
      note(`Making a history of ${size} candidates.`);
      const history = madeHistory(settingsOf("random", layers), seed, size);
      for (const strategy of strategies) {
        const settings = settingsOf(strategy, layers);
        const replies: Reply[] = [];
        while (replies.length < repeats) replies.push(await proposed({ settings, seed, history }));
        const row = { strategy, candidates: size, ...mediansOf(replies) };
        note(JSON.stringify(row));
        rows.push(row);
      }
    }
    console.table(rows);
    return { layers, repeats, rows };
  },
);

function settingsOf(name: (typeof names)[number], layers: number): SearchSettings {
  const { settings } = presetNamed("tiny");
  const { size, screening } = settings;
  const isLinear = name === linear;
  return {
    ...settings,
    strategy: isLinear ? "opnas" : name,
    size: { ...size, layers },
    screening: isLinear ? { ...screening, surrogate: "linear" } : screening,
    generations: 10_000,
  };
}

/** Has a new process propose for a search. */
async function proposed(request: Request): Promise<Reply> {
  const file = fileURLToPath(new URL("proposer.ts", import.meta.url));
  const child = fork(file, { serialization: "advanced" });
  try {
    const ended = once(child, "exit").then(([code]) => {
      throw new Error(`The process that proposes ended with ${String(code)}.`);
    });
    child.send(request);
    const messages: unknown[] = await Promise.race([once(child, "message"), ended]);
    return replySchema.parse(messages[0]);
  } finally {
    child.kill();
  }
}

function mediansOf(replies: readonly Reply[]) {
  const median = (of: (reply: Reply) => number) => Math.round(spread(replies.map(of)).median);
  return {
    firstWall: median(({ first }) => first.wall),
    firstProcessor: median(({ first }) => first.processor),
    firstStandstill: median(({ first }) => first.standstill),
    nextWall: median(({ next }) => next.wall),
    nextProcessor: median(({ next }) => next.processor),
    nextStandstill: median(({ next }) => next.standstill),
  };
}
