import type { Database, Notifications, Probe, Queue } from "@opnas/prisma";
import type { EventLog } from "./events/eventLog.js";
import type { EventFeed } from "./events/feed.js";
import type { Backoff } from "./events/backoff.js";
import type { ParetoFronts } from "./leaderboard/fronts.js";
import type { LeaderboardStreams } from "./leaderboard/changes.js";
import { createLoaders, type Loaders } from "./loaders.js";
import type { RunStream } from "./run/changes.js";
import type { WorkerStream } from "./worker/changes.js";

/** The services that the process has once. */
export interface Services {
  database: Database;
  queue: Queue;
  notifications: Notifications;
  eventLog: EventLog;
  feed: EventFeed;
  backoff: Backoff;
  probe: Probe;
  streams: Streams;
  fronts: ParetoFronts;
}

/** The streams of changes that subscriptions share. */
export interface Streams {
  leaderboards: LeaderboardStreams;
  runs: RunStream;
  workers: WorkerStream;
}

/** The context of a resolver: the services, and loaders for its own operation. */
export interface Context extends Services {
  loaders: Loaders;
  /**
   * All that an answer depends on of who asks, as text: equal for those who may see the same. Readers of
   * one subscription with equal rights share its answers (http/sharedExecutions.ts).
   */
  rights: string;
}

/** Creates the context of one operation. */
export function createContext(services: Services): Context {
  return { ...services, loaders: createLoaders(services.database), rights: "" };
}
