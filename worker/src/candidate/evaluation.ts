import type { SearchSettings } from "@opnas/core";
import type { CandidateResult } from "@opnas/prisma";
import type { Tensors } from "../model/tensors.js";
import type { PreparedData } from "../text/types.js";
import type { Checkpointing, RunControl } from "../training/loop.js";
import { saveResult, saveState, type CandidateState } from "./state.js";
import { StepTimer } from "./stepTimer.js";

type Part = keyof CandidateResult["timings"];

/**
 * The course of one evaluation: it times the parts and decides when a checkpoint is due. A candidate
 * that takes less than the seconds between two checkpoints writes none, unless it is stopped.
 */
export class Evaluation {
  /** The caller's control, with the steps timed. */
  readonly control: RunControl;
  private readonly timer: StepTimer;
  private readonly everySeconds: number;
  private running: { part: Part; since: number } | undefined;
  private lastSaved = performance.now();
  /** Progress of the checkpoint that is stored; undefined while there is none. */
  private saved: number | undefined;

  constructor(
    private readonly input: RunControl & { settings: SearchSettings; data: PreparedData },
    readonly state: CandidateState,
    private readonly store?: (tensors: Tensors, progress: number) => Promise<void>,
  ) {
    this.timer = new StepTimer(state.parts.stepMedians);
    this.everySeconds = input.settings.superNet.checkpointEverySeconds;
    if (this.progress > 0) this.saved = this.progress;
    this.control = {
      signal: input.signal,
      onProgress: (progress) => {
        this.timer.record(progress);
        input.onProgress?.(progress);
      },
    };
  }

  /** Does a part of the evaluation and adds its time to that part's. */
  async time<T>(part: Part, work: () => Promise<T> | T): Promise<T> {
    this.running = { part, since: performance.now() };
    try {
      return await work();
    } finally {
      this.countTime();
      this.running = undefined;
    }
  }

  stepSeconds(): number | null {
    return this.timer.median();
  }

  /** Returns the checkpoints within the candidate's own training. */
  inTraining(): Checkpointing | undefined {
    if (this.store === undefined) return undefined;
    return { everySeconds: this.everySeconds, save: () => this.save(), atEnd: false };
  }

  async saveIfDue(): Promise<void> {
    if (this.isDue()) await this.save();
  }

  async saveBeforeStop(): Promise<void> {
    if (this.progress > (this.saved ?? 0)) await this.save();
  }

  /**
   * Ends the evaluation with its result, which is stored if it would be a loss: a worker may end
   * before it could hand it over.
   */
  async end(result: CandidateResult): Promise<CandidateResult> {
    if (this.saved !== undefined || this.isDue()) {
      // Tasks, held-out words and the result itself: behind every state.
      const last = this.input.settings.candidate.steps + this.input.data.tasks.length + 2;
      await this.store?.(saveResult(result), last);
    }
    return result;
  }

  private async save(): Promise<void> {
    this.countTime();
    this.state.parts.stepMedians = this.timer.medians();
    const { progress } = this;
    await this.store?.(saveState(this.state), progress);
    this.saved = progress;
    this.lastSaved = performance.now();
  }

  /** Steps, held-out words and tasks that are done. */
  private get progress(): number {
    const { training, parts } = this.state;
    return training.step + Number(parts.heldOut !== null) + parts.taskScores.length;
  }

  private isDue(): boolean {
    return performance.now() - this.lastSaved >= this.everySeconds * 1000;
  }

  private countTime(): void {
    if (this.running === undefined) return;
    const { part, since } = this.running;
    const now = performance.now();
    this.state.parts.timings[part] += (now - since) / 1000;
    this.running.since = now;
  }
}
