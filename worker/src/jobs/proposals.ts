import { once } from "node:events";
import { Worker } from "node:worker_threads";
import {
  architectureSchema,
  errorCodes,
  generationsSeen,
  OpnasError,
  type SearchSettings,
} from "@opnas/core";
import type { HistoryRow, PendingRow } from "@opnas/prisma";
import { z } from "zod";

/** The compiled thread, also where this file runs as TypeScript. */
const threadFile = new URL("../../dist/jobs/proposalThread.js", import.meta.url);

/** Number of runs whose histories the thread keeps. */
const keptRuns = 4;

const candidate = z.object({
  architecture: architectureSchema,
  key: z.string(),
  parentKey: z.string().nullable(),
  mutation: z.string().nullable(),
  name: z.string(),
  params: z.number(),
  flops: z.number(),
});

const generationSchema = z.object({
  candidates: z.array(candidate),
  priorities: z.array(
    z.object({
      kind: z.enum(["operation", "kernel"]),
      position: z.int(),
      operation: z.string(),
      count: z.int(),
      meanScore: z.number(),
      ucb: z.number(),
      probability: z.number(),
    }),
  ),
  references: z.array(candidate.extend({ reference: z.string() })),
});

const replySchema = z.union([
  generationSchema,
  z.object({ code: z.enum(errorCodes), sentence: z.string() }),
]);

/** A message of the thread: the generation, or an error. */
export type ProposalReply = z.infer<typeof replySchema>;

/** A generation in the form in which it is stored; without candidates the budget is spent. */
export type ProposedGeneration = z.infer<typeof generationSchema>;

/** The means to read a run's history: `historyRows`, `pendingRows` and `historyVersion` of one run. */
export interface HistoryReader {
  rows: (from: number, before: number) => Promise<HistoryRow[]>;
  pending: (from: number, before: number) => Promise<PendingRow[]>;
  version: (before: number) => Promise<string>;
}

/** The part of a run's history that the thread has. */
interface Known {
  /** Number of generations, from the first. */
  generations: number;
  /** Version of that part when it was read. */
  version: string;
}

/**
 * Computes generations in a thread of its own: seconds at hundreds of candidates, in which the
 * worker's heartbeats must go on. The thread keeps the histories of the runs that it last worked for,
 * so that each generation only needs those since the one before.
 */
export class Proposals {
  private thread: Worker | undefined;
  /** Parts of histories that the thread has, by run, the least recently used run first. */
  private readonly known = new Map<string, Known>();

  /**
   * Computes generation `index` of a run from those that it waits for (setting `inFlight`), whatever
   * else is stored by now. One call at a time.
   * @throws OpnasError what the strategy threw; `STOPPED` when `end` was called meanwhile
   */
  async propose(
    run: { id: string; seed: number; settings: SearchSettings },
    index: number,
    history: HistoryReader,
  ): Promise<ProposedGeneration> {
    const seen = generationsSeen(index, run.settings);
    const known = await this.stillKnown(run.id, seen, history);
    const fresh = await history.rows(known, seen);
    const version = await history.version(seen);
    const pending = await history.pending(seen, index);
    const thread = (this.thread ??= this.start());
    const forget = this.remember(run.id, { generations: seen, version });
    const { id: runId, seed, settings } = run;
    const request = { runId, seed, settings, index, known, fresh, pending, forget };
    const reply = await ask(thread, request);
    if ("code" in reply) throw new OpnasError(reply.code, reply.sentence);
    return reply;
  }

  /** Returns the number of the first `seen` generations that the thread has as they are stored now. */
  private async stillKnown(runId: string, seen: number, history: HistoryReader): Promise<number> {
    const known = this.known.get(runId);
    if (known === undefined || known.generations > seen) return 0;
    return (await history.version(known.generations)) === known.version ? known.generations : 0;
  }

  /** Ends the thread. */
  async end(): Promise<void> {
    await this.thread?.terminate();
  }

  private start(): Worker {
    const thread = new Worker(threadFile);
    thread.unref();
    const forget = () => {
      this.thread = undefined;
      this.known.clear();
    };
    thread.on("error", forget);
    thread.on("exit", forget);
    return thread;
  }

  /** Notes what the thread has of a run. @returns the runs that it is to forget for it */
  private remember(runId: string, known: Known): string[] {
    this.known.delete(runId);
    this.known.set(runId, known);
    const surplus = [...this.known.keys()].slice(0, -keptRuns);
    for (const id of surplus) this.known.delete(id);
    return surplus;
  }
}

/** Sends a request and waits for the one message that answers it. */
async function ask(thread: Worker, request: unknown): Promise<ProposalReply> {
  const answered = new AbortController();
  const { signal } = answered;
  const ended = once(thread, "exit", { signal }).then(() => {
    throw new OpnasError("STOPPED", "The thread that proposes candidates was ended.");
  });
  const answer = once(thread, "message", { signal });
  thread.postMessage(request);
  try {
    const messages: unknown[] = await Promise.race([answer, ended]);
    return replySchema.parse(messages[0]);
  } finally {
    answered.abort();
    await Promise.allSettled([answer, ended]);
  }
}
