import type { Database, Notifications, Probe, Queue } from "@opnas/prisma";
import type { EventLog } from "./events/eventLog.js";
import type { EventFeed } from "./events/feed.js";
import type { Backoff } from "./events/backoff.js";
import type { PageReader } from "./export/pages.js";
import { createLoaders, type Loaders } from "./loaders.js";
import type { WebhookSender } from "./webhooks/sender.js";

/** The services that the process has once. */
export interface Services {
  database: Database;
  queue: Queue;
  notifications: Notifications;
  eventLog: EventLog;
  feed: EventFeed;
  backoff: Backoff;
  probe: Probe;
  exports: PageReader;
  webhooks: WebhookSender;
}

/** The context of a resolver: the services, and loaders for its own operation. */
export interface Context extends Services {
  loaders: Loaders;
}

/** Creates the context of one operation. */
export function createContext(services: Services): Context {
  return { ...services, loaders: createLoaders(services.database) };
}
