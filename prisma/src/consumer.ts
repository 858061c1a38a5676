import { setTimeout as sleep } from "node:timers/promises";
import type { JobWithMetadata } from "pg-boss";
import { giveBack, keepLeases } from "./lease.js";
import { backoffPauses } from "./notifications.js";
import { oncePerMinute } from "./oncePerMinute.js";
import { groupLimits } from "./jobOrder.js";
import { heartbeatSeconds, type Queue } from "./queue.js";
import { Gathered } from "./runs/gathered.js";

/** The wish of a handler that its job be given back, uncounted, and taken again after some seconds. */
export interface Again {
  againInSeconds: number;
}

/** A job whose handler has ended. */
export interface EndedJob {
  data: unknown;
  /** True if the job came to its end, false if it went back to the queue. */
  isDone: boolean;
  /** Seconds for which it could have been taken before it was. */
  waitedSeconds: number;
  /** Seconds that its handler took. */
  workedSeconds: number;
}

/** The input of a `Consumer`. */
export interface ConsumerOptions {
  /** Name of the queue. */
  name: string;
  /** Jobs that are worked on at once. */
  slots: number;
  /**
   * Does a job's work. When it returns nothing the job has ended; when it throws, the attempt counts as
   * failed and the job is tried again, until the queue's limit of attempts.
   */
  handle: (job: { id: string; data: unknown }) => Promise<Again | undefined>;
  /** Seconds between two looks of a consumer that nobody woke; 3 by default. */
  lookEverySeconds?: () => number;
  /** Is told of each job whose handler has ended. */
  onEnd?: (job: EndedJob) => void;
  /** Receives errors of the queue itself, each at most once a minute; the consumer goes on after each. */
  onError: (error: unknown) => void;
}

/** Seconds between two heartbeats: three may be lost before the lease runs out. */
const heartbeatEverySeconds = heartbeatSeconds / 4;

/**
 * Seconds between two looks into the queue of a consumer that nobody woke. New jobs wake it; a job
 * whose worker died, or that waits to be tried again, is found by looking.
 */
const usualLookEverySeconds = 3;

/**
 * Milliseconds for which a consumer of several slots waits once it is woken, and for which the first end
 * of a job waits for others: slots that become free in that time share a statement.
 */
const gatherMilliseconds = 10;

/** The most ends of jobs that share a statement. */
const mostEndsAtOnce = 64;

/**
 * Takes jobs from a queue, as many at once as it has slots, and keeps the lease on each by heartbeats
 * for as long as its handler works (decision 0025).
 */
export class Consumer {
  private readonly held = new Map<string, JobWithMetadata<unknown>>();
  private readonly working = new Set<Promise<void>>();
  private readonly stopping = new AbortController();
  private readonly ended = new AbortController();
  private pausing = new AbortController();
  private isWoken = false;
  private isPaused = false;
  private running: Promise<void> | undefined;
  private beating: Promise<void> | undefined;

  private readonly onError: (error: unknown) => void;
  private readonly completions: Gathered<JobWithMetadata<unknown>, true>;

  constructor(
    private readonly queue: Queue,
    private readonly options: ConsumerOptions,
  ) {
    this.onError = oncePerMinute(options.onError);
    this.completions = new Gathered(
      mostEndsAtOnce,
      async (name, jobs) => {
        await queue.complete(name, [...jobs]);
        return jobs.map(() => true as const);
      },
      this.gatherMilliseconds,
    );
  }

  /** Begins to take jobs. */
  start(): void {
    this.running = this.take();
    this.beating = this.beat();
  }

  /** Lets the consumer look into the queue at once. It is bound, so that it can be a callback. */
  readonly wake = (): void => {
    this.isWoken = true;
    this.pausing.abort();
  };

  /** Takes no new jobs until `resume`; those that are held go on. */
  pause(): void {
    this.isPaused = true;
  }

  /** Takes jobs again after `pause`. */
  resume(): void {
    this.isPaused = false;
    this.wake();
  }

  /**
   * Takes no more jobs and waits for the handlers, which the caller has asked to stop. Jobs whose
   * handlers throw are given back uncounted, for others to take at once; so are those whose handlers
   * are still at work after `graceSeconds`.
   */
  async stop(graceSeconds: number): Promise<void> {
    this.stopping.abort();
    this.wake();
    await this.running;
    const grace = new AbortController();
    await Promise.race([
      Promise.all(this.working),
      sleep(graceSeconds * 1000, undefined, { signal: grace.signal }).catch(() => undefined),
    ]);
    grace.abort();
    for (const job of this.held.values()) await this.try(() => giveBack(this.queue, job, 0));
    this.held.clear();
    this.ended.abort();
    await this.beating;
  }

  /** The time in which free slots and ended jobs are gathered; a single slot waits for nothing. */
  private get gatherMilliseconds(): number {
    return this.options.slots > 1 ? gatherMilliseconds : 0;
  }

  private async take(): Promise<void> {
    const { name, slots } = this.options;
    while (!this.isStopping()) {
      await this.gather();
      this.isWoken = false;
      const free = this.isPaused ? 0 : slots - this.held.size;
      if (free > 0) {
        await this.try(async () => {
          const batchSize = free === slots ? slots : largestPowerOfTwo(free);
          const jobs = await this.queue.fetch<unknown>(name, {
            batchSize,
            groupConcurrency: groupLimits,
            includeMetadata: true,
          });
          for (const job of jobs) {
            const work = this.work(job);
            this.working.add(work);
            void work.then(() => this.working.delete(work));
          }
          if (jobs.length === batchSize && batchSize < free) this.isWoken = true;
        });
      }
      await this.rest();
    }
  }

  private async gather(): Promise<void> {
    if (this.gatherMilliseconds === 0) return;
    const { signal } = this.stopping;
    await sleep(this.gatherMilliseconds, undefined, { signal }).catch(() => undefined);
  }

  /** Waits for `wake`, but no longer than until the next look, which is spread over the consumers. */
  private async rest(): Promise<void> {
    if (this.isWoken) return;
    this.pausing = new AbortController();
    const seconds = this.options.lookEverySeconds?.() ?? usualLookEverySeconds;
    const milliseconds = seconds * 1000 * (0.75 + Math.random() / 2);
    await sleep(milliseconds, undefined, { signal: this.pausing.signal }).catch(() => undefined);
  }

  private async work(job: JobWithMetadata<unknown>): Promise<void> {
    this.held.set(job.id, job);
    const end = await this.endOf(job);
    // The result is stored by now. Until the queue has heard of it, the heartbeats go on.
    for (const pause of backoffPauses()) {
      if (!this.held.has(job.id) || (await this.try(end))) break;
      await sleep(pause);
    }
    this.held.delete(job.id);
    this.wake();
  }

  /** Runs the handler and returns what the queue is to be told of its end. */
  private async endOf(job: JobWithMetadata<unknown>): Promise<() => Promise<unknown>> {
    const { name, handle } = this.options;
    if (this.isStopping()) return () => giveBack(this.queue, job, 0);
    const started = performance.now();
    const ended = (isDone: boolean) =>
      this.options.onEnd?.({
        data: job.data,
        isDone,
        waitedSeconds: waitedSeconds(job),
        workedSeconds: (performance.now() - started) / 1000,
      });
    try {
      const again = await handle({ id: job.id, data: job.data });
      ended(again === undefined);
      if (again === undefined) return () => this.completions.call(name, job);
      return () => giveBack(this.queue, job, again.againInSeconds);
    } catch (error) {
      ended(false);
      if (this.isStopping()) return () => giveBack(this.queue, job, 0);
      const reason =
        error instanceof Error ? { message: error.message } : { message: String(error) };
      return () => this.queue.fail(name, job, reason);
    }
  }

  private isStopping(): boolean {
    return this.stopping.signal.aborted;
  }

  private async beat(): Promise<void> {
    const { signal } = this.ended;
    while (!signal.aborted) {
      const held = [...this.held.values()];
      if (held.length > 0) await this.try(() => keepLeases(this.queue, this.options.name, held));
      await sleep(heartbeatEverySeconds * 1000, undefined, { signal }).catch(() => undefined);
    }
  }

  /** Does something with the queue and reports an error of it. @returns true when it was done */
  private async try(act: () => Promise<unknown>): Promise<boolean> {
    try {
      await act();
      return true;
    } catch (error) {
      this.onError(error);
      return false;
    }
  }
}

/**
 * Returns the largest power of two that is not above a number. The queue writes the number of jobs into the
 * text of its statement, and each text is planned once in a session, which takes longer than to take the jobs.
 */
function largestPowerOfTwo(most: number): number {
  return 2 ** Math.floor(Math.log2(most));
}

/** Returns the seconds between the time from which a job could be taken and that at which it was. */
function waitedSeconds({ createdOn, startAfter, startedOn }: JobWithMetadata<unknown>): number {
  const since = Math.max(createdOn.getTime(), startAfter.getTime());
  return Math.max(0, startedOn.getTime() - since) / 1000;
}
