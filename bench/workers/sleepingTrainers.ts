import { setTimeout as sleep } from "node:timers/promises";
import { OpnasError } from "@opnas/core";
import type { CandidateResult } from "@opnas/prisma";
import { writeTensors } from "@opnas/worker";
import type { Reply, TrainerHandle, Trainers, Work } from "@opnas/worker/trainer";

/** Time in which a slot worked on a candidate, in milliseconds of `performance.now()`. */
export interface Span {
  begun: number;
  ended: number;
}

/** A result as a trainer returns it; its numbers do not matter to what is measured. */
const result: CandidateResult = {
  score: 50,
  stability: "STABLE",
  heldOutLoss: 5,
  heldOutAccuracy: 0.1,
  stepSeconds: 0.01,
  stepRatio: 1,
  tokenUniformity: [0.1, 0.2, 0.3],
  taskScores: [],
  timings: { trainSeconds: 1, fineTuneSeconds: 1, scoreSeconds: 1 },
};

/** Trainers that take as long as an evaluation takes, and leave the processor to the platform. */
export class SleepingTrainers implements Trainers {
  readonly spans: Span[] = [];
  readonly pids = [];
  private readonly handle: TrainerHandle;

  /** @param secondsOf returns the seconds of the next evaluation */
  constructor(secondsOf: () => number) {
    this.handle = {
      engine: { name: "sleeping", version: "1", threads: 1, reasons: [] },
      alive: true,
      run: (work, signal) => this.run(work, signal, secondsOf),
    };
  }

  with<T>(use: (trainer: TrainerHandle) => Promise<T>): Promise<T> {
    return use(this.handle);
  }

  async end(): Promise<void> {
    await Promise.resolve();
  }

  private async run(work: Work, signal: AbortSignal, secondsOf: () => number): Promise<Reply> {
    if (work.type === "superNet") {
      const tensors = new Map([["made", { shape: [1], data: Float32Array.of(1) }]]);
      const checksum = await writeTensors(work.resultFile, tensors);
      return { type: "superNet", steps: 1, seconds: 0, skipped: 0, checksum };
    }
    if (work.type !== "evaluate") throw new OpnasError("INTERNAL", "Not a part of a search.");
    const begun = performance.now();
    try {
      await sleep(secondsOf() * 1000, undefined, { signal });
    } catch (cause) {
      throw new OpnasError("STOPPED", "The worker stops.", { cause });
    }
    this.spans.push({ begun, ended: performance.now() });
    return { type: "evaluate", result };
  }
}
