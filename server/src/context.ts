import type { Database, Queue } from "@opnas/prisma";
import type { EventLog } from "./events/eventLog.js";
import type { EventFeed } from "./events/feed.js";
import type { Notifications } from "./events/notifications.js";
import type { Patience } from "./events/patience.js";
import { createLoaders, type Loaders } from "./loaders.js";

/** What the process has once. */
export interface Services {
  database: Database;
  queue: Queue;
  notifications: Notifications;
  eventLog: EventLog;
  feed: EventFeed;
  patience: Patience;
}

/** What a resolver gets: the services, and loaders of its own operation. */
export interface Context extends Services {
  loaders: Loaders;
}

export function createContext(services: Services): Context {
  return { ...services, loaders: createLoaders(services.database) };
}
