import { describeError } from "@opnas/core";
import { type Database, type Notifications, type RunEvent, runChannel } from "@opnas/prisma";
import { isRowId } from "../input.js";
import type { Log } from "../log.js";
import { batchSize, type EventLog } from "./eventLog.js";
import type { Backoff } from "./backoff.js";
import { Latch } from "./latch.js";

/** A callback for the new events of one run, in order. */
export type EventListener = (runId: string, events: readonly RunEvent[]) => void;

interface Services {
  database: Database;
  eventLog: EventLog;
  notifications: Notifications;
  backoff: Backoff;
  log: Log;
}

/**
 * Reads the new events of all runs once for all subscriptions that derive something from them:
 * changes of leaderboards and of the list of runs. Changes are taken from the events rather than
 * from a row's `updatedAt`: a run's events are numbered in commit order, so none can appear behind
 * the last one read, as a row with an earlier clock can.
 */
export class EventFeed {
  private readonly services: Services;
  private readonly listeners = new Set<EventListener>();
  /** The number of the newest event read, by run; a run without an entry began after the feed. */
  private readonly positions = new Map<string, number>();
  /** Runs with changed; null when it may be any. */
  private pending = new Set<string | null>();
  private readonly changed = new Latch();
  private readonly stopping = new AbortController();
  private running: Promise<void> | undefined;
  private unlisten: (() => void) | undefined;

  constructor(services: Services) {
    this.services = services;
  }

  async start(): Promise<void> {
    this.unlisten = this.services.notifications.listen(runChannel, (runId) => {
      this.pending.add(runId);
      this.changed.release();
    });
    for (const { id, lastSeq } of await this.newestSeqs()) this.positions.set(id, lastSeq);
    this.running = this.run();
  }

  /** Calls `listener` with every event that is committed from now on. @returns a function that ends it */
  listen(listener: EventListener): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** The number of listeners now. */
  get listenerCount(): number {
    return this.listeners.size;
  }

  async stop(): Promise<void> {
    this.unlisten?.();
    this.stopping.abort();
    this.changed.release();
    await this.running;
  }

  private async run(): Promise<void> {
    while (!this.stopping.signal.aborted) {
      await this.changed.wait();
      const pending = this.pending;
      this.pending = new Set();
      try {
        const runIds = pending.has(null) ? await this.runsWithNewEvents() : pending;
        for (const runId of runIds) if (runId !== null && isRowId(runId)) await this.catchUp(runId);
      } catch (error) {
        // What cannot be read stays unread, and the next change of any run asks for it again. An error
        // that got out of here would end the API for all its clients.
        this.services.log.error(`Could not read new events: ${describeError(error)}`);
        this.pending.add(null);
      }
    }
  }

  private async runsWithNewEvents(): Promise<string[]> {
    const read = () => this.newestSeqs();
    const newest = (await this.services.backoff.retry(read, this.stopping.signal)) ?? [];
    return newest
      .filter(({ id, lastSeq }) => lastSeq > (this.positions.get(id) ?? 0))
      .map(({ id }) => id);
  }

  private async newestSeqs() {
    return this.services.database.searchRun.findMany({ select: { id: true, lastSeq: true } });
  }

  private async catchUp(runId: string): Promise<void> {
    const { eventLog, backoff } = this.services;
    for (let more = true; more;) {
      const position = this.positions.get(runId) ?? 0;
      const read = () => eventLog.read(runId, position);
      const events = (await backoff.retry(read, this.stopping.signal)) ?? [];
      this.positions.set(runId, events.at(-1)?.seq ?? position);
      if (events.length > 0) for (const listener of this.listeners) listener(runId, events);
      more = events.length === batchSize;
    }
  }
}
