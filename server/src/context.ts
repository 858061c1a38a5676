import type { Database, Notifications, Probe, Queue, RunQuota } from "@opnas/prisma";
import type { RunArchives } from "./archive/runArchives.js";
import type { EventLog } from "./events/eventLog.js";
import type { EventFeed } from "./events/feed.js";
import type { Backoff } from "./events/backoff.js";
import { RowBudget } from "./http/budget.js";
import type { SignedLinks } from "./http/signedLinks.js";
import type { Identity } from "./identity/identity.js";
import type { Principal } from "./identity/principal.js";
import type { PageReader } from "./export/pages.js";
import type { ParetoFronts } from "./leaderboard/fronts.js";
import type { CappedTotals } from "./leaderboard/totals.js";
import type { LeaderboardStreams } from "./leaderboard/changes.js";
import { createLoaders, type Loaders } from "./loaders.js";
import type { RunStream } from "./run/changes.js";
import type { WorkerStream } from "./worker/changes.js";
import type { Store } from "./modelExport/store.js";
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
  identity: Identity;
  exports: PageReader;
  archives: RunArchives;
  streams: Streams;
  fronts: ParetoFronts;
  totals: CappedTotals;
  webhooks: WebhookSender;
  store: Store;
  links: SignedLinks;
  /** The folder of users' texts; undefined where the server cannot look into it. */
  textFolder: string | undefined;
  /** The most live searches of one account and of one team. */
  quota: RunQuota;
}

/** The streams of changes that subscriptions share. */
export interface Streams {
  leaderboards: LeaderboardStreams;
  runs: RunStream;
  workers: WorkerStream;
}

/** A caller and the address that it called from. */
export interface Caller {
  principal: Principal;
  ipAddress: string | undefined;
}

/** The context of a resolver: the services, the caller, and loaders for its own operation. */
export interface Context extends Services, Caller {
  /** The teams whose rows the caller sees; undefined for the rows of all teams. */
  teamIds: readonly string[] | undefined;
  loaders: Loaders;
  budget: RowBudget;
  /**
   * All that an answer depends on of who asks, as text: equal for those who may see the same. Readers of
   * one subscription with equal rights share its answers (http/sharedExecutions.ts).
   */
  rights: string;
}

/** Creates the context of one operation. */
export function createContext(services: Services, caller: Caller): Context {
  const { teamIds, role, scopes } = caller.principal;
  const budget = new RowBudget();
  return {
    ...services,
    ...caller,
    teamIds,
    budget,
    loaders: createLoaders(services.database, budget),
    rights: JSON.stringify([teamIds, role, scopes]),
  };
}
