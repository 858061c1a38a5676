import { type Database, withoutCancellation } from "@opnas/prisma";
import type { EventFeed } from "../events/feed.js";
import { changedIn, isMoved } from "../events/changed.js";
import type { Board } from "./filter.js";
import { type Axes, frontOf, type Point, readFront, readPoints } from "./pareto.js";

/** The fronts that are kept, and the most new results that are compared with one singly. */
const maxFronts = 200;
const maxWaiting = 500;

/** A front as it was last read, and what has happened since. */
interface KeptFront {
  runId: string | null;
  followsRuns: boolean;
  /** Undefined while it has to be read as a whole. */
  points: Point[] | undefined;
  /** Architectures with a result or other tags since. */
  waiting: Set<string>;
  /** Raised by whatever makes the points wrong, so that a reading from before it is not kept. */
  age: number;
  /** The reading under way. */
  reading: Promise<Point[]> | undefined;
}

/**
 * The Pareto fronts of leaderboards, each read once and then kept up by the events of runs, for all who ask.
 * A new result is compared with the front alone. The front is read as a whole again only if a run is
 * archived, deleted or restored, if an architecture of the front has another result or other tags, and if
 * a run that the filter looks at has another name or other tags.
 */
export class ParetoFronts {
  private readonly kept = new Map<string, KeptFront>();
  private isListening = false;

  constructor(private readonly services: { database: Database; feed: EventFeed }) {}

  /** Returns the ids of the front's architectures, the cheapest first. */
  async of(board: Board, axes: Axes): Promise<string[]> {
    this.listen();
    const front = this.frontOf(`${axes.x} ${axes.y} ${board.key}`, board);
    // A reading under way may have begun before the newest event: who waits for it looks again.
    while (front.reading !== undefined) await front.reading;
    const isCurrent = front.points !== undefined && front.waiting.size === 0;
    const points = isCurrent ? front.points : await this.renew(front, board, axes);
    return (points ?? []).map(({ id }) => id);
  }

  private frontOf(key: string, { runId, followsRuns }: Board): KeptFront {
    const front = this.kept.get(key) ?? {
      runId,
      followsRuns,
      points: undefined,
      waiting: new Set<string>(),
      age: 0,
      reading: undefined,
    };
    // A Map lists its keys in the order in which they were set: the first is the one longest unused.
    this.kept.delete(key);
    this.kept.set(key, front);
    const [oldest] = this.kept.keys();
    if (this.kept.size > maxFronts && oldest !== undefined) this.kept.delete(oldest);
    return front;
  }

  private listen(): void {
    if (this.isListening) return;
    this.isListening = true;
    this.services.feed.listen((runId, events) => {
      const ids = changedIn(events);
      for (const front of this.kept.values()) {
        if (front.runId !== null && front.runId !== runId) continue;
        for (const id of ids) front.waiting.add(id);
        if (isMoved(events, front.followsRuns) || front.waiting.size > maxWaiting) discard(front);
      }
    });
  }

  private renew(front: KeptFront, board: Board, axes: Axes): Promise<Point[]> {
    const ids = [...front.waiting];
    if (front.points?.some(({ id }) => front.waiting.has(id)) === true) discard(front);
    front.waiting.clear();
    const { age, points: known } = front;
    const read = async (): Promise<Point[]> => {
      const { database } = this.services;
      try {
        const points =
          known === undefined
            ? await readFront(database, board, axes)
            : frontOf([...known, ...(await readPoints(database, board, axes, ids))]);
        if (front.age === age) front.points = points;
        return points;
      } catch (error) {
        discard(front);
        throw error;
      } finally {
        front.reading = undefined;
      }
    };
    // Others wait for it too, so it goes on when the client that asked first has left.
    return (front.reading = withoutCancellation(read));
  }
}

function discard(front: KeptFront): void {
  front.points = undefined;
  front.waiting.clear();
  front.age += 1;
}
