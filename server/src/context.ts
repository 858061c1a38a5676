import type { Database, Notifications, Probe, Queue } from "@opnas/prisma";
import type { EventLog } from "./events/eventLog.js";
import type { EventFeed } from "./events/feed.js";
import type { Backoff } from "./events/backoff.js";
import { RowBudget } from "./http/budget.js";
import type { Caller } from "./http/caller.js";
import { createLoaders, type Loaders } from "./loaders.js";

/** The services that the process has once. */
export interface Services {
  database: Database;
  queue: Queue;
  notifications: Notifications;
  eventLog: EventLog;
  feed: EventFeed;
  backoff: Backoff;
  probe: Probe;
}

/** The context of a resolver: the services, who asks, and loaders for its own operation. */
export interface Context extends Services, Caller {
  loaders: Loaders;
  budget: RowBudget;
}

/** Creates the context of one operation. */
export function createContext(services: Services, caller: Caller): Context {
  const budget = new RowBudget();
  return { ...services, ...caller, budget, loaders: createLoaders(services.database, budget) };
}
