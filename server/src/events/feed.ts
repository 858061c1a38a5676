import { type Database, type RunEvent, runChannel } from "@opnas/prisma";
import { isRowId } from "../input.js";
import { batchSize, type EventLog } from "./eventLog.js";
import type { Notifications } from "./notifications.js";
import type { Patience } from "./patience.js";
import { Signal } from "./signal.js";

/** Told the new events of one run, in order. */
export type EventListener = (runId: string, events: readonly RunEvent[]) => void;

interface Services {
  database: Database;
  eventLog: EventLog;
  notifications: Notifications;
  patience: Patience;
}

/**
 * The new events of all runs, read once for all who derive something from them: changes of
 * leaderboards and of the list of runs. What changed is taken from the events rather than from a
 * row's `updatedAt`: a run's events are numbered in commit order, so none can appear behind the last
 * one read, as a row with an earlier clock can.
 */
export class EventFeed {
  private readonly services: Services;
  private readonly listeners = new Set<EventListener>();
  /** Newest event read, by run; a run that is not there began after the feed. */
  private readonly positions = new Map<string, number>();
  /** Runs with news; null when it may be any. */
  private pending = new Set<string | null>();
  private readonly news = new Signal();
  private readonly stopping = new AbortController();
  private running: Promise<void> | undefined;
  private unlisten: (() => void) | undefined;

  constructor(services: Services) {
    this.services = services;
  }

  async start(): Promise<void> {
    this.unlisten = this.services.notifications.listen(runChannel, (runId) => {
      this.pending.add(runId);
      this.news.raise();
    });
    for (const { id, lastSeq } of await this.newestSeqs()) this.positions.set(id, lastSeq);
    this.running = this.run();
  }

  /** Tells `listener` every event that commits from now on. @returns ends it */
  listen(listener: EventListener): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** How many listen now. */
  get listenerCount(): number {
    return this.listeners.size;
  }

  async stop(): Promise<void> {
    this.unlisten?.();
    this.stopping.abort();
    this.news.raise();
    await this.running;
  }

  private async run(): Promise<void> {
    while (!this.stopping.signal.aborted) {
      await this.news.wait();
      const pending = this.pending;
      this.pending = new Set();
      const runIds = pending.has(null) ? await this.runsWithNews() : pending;
      for (const runId of runIds) if (runId !== null && isRowId(runId)) await this.catchUp(runId);
    }
  }

  private async runsWithNews(): Promise<string[]> {
    const read = () => this.newestSeqs();
    const newest = (await this.services.patience.read(read, this.stopping.signal)) ?? [];
    return newest
      .filter(({ id, lastSeq }) => lastSeq > (this.positions.get(id) ?? 0))
      .map(({ id }) => id);
  }

  private async newestSeqs() {
    return this.services.database.searchRun.findMany({ select: { id: true, lastSeq: true } });
  }

  private async catchUp(runId: string): Promise<void> {
    const { eventLog, patience } = this.services;
    for (let more = true; more;) {
      const position = this.positions.get(runId) ?? 0;
      const read = () => eventLog.read(runId, position);
      const events = (await patience.read(read, this.stopping.signal)) ?? [];
      this.positions.set(runId, events.at(-1)?.seq ?? position);
      if (events.length > 0) for (const listener of this.listeners) listener(runId, events);
      more = events.length === batchSize;
    }
  }
}
