import { setImmediate as nextTurn } from "node:timers/promises";

/** The most publications that wait for a reader: at four a second, those of 8 s. */
const maxWaiting = 32;

/** The number of readers that a publication is given to before others get their turn on the processor. */
const readersPerTurn = 250;

/** Reports that a reader took its items so slowly that it lost its place; it has to begin again. */
export class SlowReaderError extends Error {
  constructor() {
    super("This connection reads too slowly: it is closed, and its subscriptions begin again.");
  }
}

/** Gives items to all readers; resolves once each has them. */
export type Publish<T> = (items: readonly T[]) => Promise<void>;

/**
 * A stream that is produced once for any number of readers. The production begins with the first reader and
 * is aborted when the last one leaves. What waits for a reader is held once for all of them, and never more
 * than 32 publications: a reader that is further behind fails with SlowReaderError.
 */
export class SharedStream<T> {
  private readonly readers = new Set<Reader<T>>();
  private production: AbortController | undefined;

  constructor(
    private readonly produce: (publish: Publish<T>, signal: AbortSignal) => Promise<void>,
    /** Called when the last reader has left. */
    private readonly onDeserted: () => void = () => undefined,
  ) {}

  /** The number of readers now. */
  get readerCount(): number {
    return this.readers.size;
  }

  /**
   * Adds a reader, from now on: what is published later than this call reaches it.
   * @param begin reads what comes first; its signal is aborted when the reader leaves meanwhile
   * @param isWanted tells the items that this reader may see from those that it is not given
   */
  follow(
    begin: (signal: AbortSignal) => Promise<readonly T[]> = () => Promise.resolve([]),
    isWanted: (item: T) => boolean = () => true,
  ): AsyncIterableIterator<T> {
    const reader: Reader<T> = new Reader(begin, isWanted, () => this.leave(reader));
    this.readers.add(reader);
    this.production ??= this.start();
    return reader;
  }

  private start(): AbortController {
    const production = new AbortController();
    const { signal } = production;
    const publish = (items: readonly T[]) => this.publish(items, signal);
    this.produce(publish, signal).catch((error: unknown) => {
      if (signal.aborted) return;
      this.production = undefined;
      for (const reader of this.readers) reader.fail(error);
    });
    return production;
  }

  private async publish(items: readonly T[], signal: AbortSignal): Promise<void> {
    let given = 0;
    for (const reader of this.readers) {
      if (signal.aborted) return;
      reader.push(items);
      given += 1;
      if (given % readersPerTurn === 0) await nextTurn();
    }
  }

  private leave(reader: Reader<T>): void {
    const wasThere = this.readers.delete(reader);
    if (!wasThere || this.readers.size > 0) return;
    this.production?.abort();
    this.production = undefined;
    this.onDeserted();
  }
}

/** The place of one reader in a shared stream: what it has not taken yet. */
class Reader<T> implements AsyncIterableIterator<T> {
  private readonly waiting: (readonly T[])[] = [];
  private readonly leaving = new AbortController();
  private readonly begun: Promise<void>;
  /** The publication that is being taken, and how many of its items were. */
  private current: readonly T[] = [];
  private taken = 0;
  private wake: (() => void) | undefined;
  private failure: { error: unknown } | undefined;

  constructor(
    begin: (signal: AbortSignal) => Promise<readonly T[]>,
    private readonly isWanted: (item: T) => boolean,
    private readonly leave: () => void,
  ) {
    this.begun = begin(this.leaving.signal).then(
      (first) => {
        this.current = first;
      },
      (error: unknown) => this.fail(error),
    );
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  push(items: readonly T[]): void {
    this.waiting.push(items);
    if (this.waiting.length > maxWaiting) this.fail(new SlowReaderError());
    this.wake?.();
  }

  fail(error: unknown): void {
    this.failure ??= { error };
    this.end();
  }

  async next(): Promise<IteratorResult<T, undefined>> {
    await this.begun;
    while (!this.leaving.signal.aborted) {
      const item = this.current[this.taken];
      if (item !== undefined) {
        this.taken += 1;
        if (this.isWanted(item)) return { done: false, value: item };
        continue;
      }
      this.taken = 0;
      this.current = this.waiting.shift() ?? (await this.published());
    }
    const { failure } = this;
    this.failure = undefined;
    if (failure !== undefined) throw failure.error;
    return { done: true, value: undefined };
  }

  return(): Promise<IteratorResult<T, undefined>> {
    this.end();
    return Promise.resolve({ done: true, value: undefined });
  }

  /** Waits for the next publication, or for the end. */
  private async published(): Promise<readonly T[]> {
    await new Promise<void>((resolve) => {
      this.wake = resolve;
    });
    this.wake = undefined;
    return this.waiting.shift() ?? [];
  }

  private end(): void {
    this.leaving.abort();
    this.waiting.length = 0;
    this.leave();
    this.wake?.();
  }
}
