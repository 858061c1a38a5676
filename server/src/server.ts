import "reflect-metadata";
import {
  createClient,
  databaseError,
  exportChannel,
  identityChannel,
  Notifications,
  openQueue,
  pretrainingChannel,
  Probe,
  refuseNewerDatabase,
  reproductionChannel,
  runChannel,
  workerChannel,
} from "@opnas/prisma";
import { RunArchives } from "./archive/runArchives.js";
import type { Services } from "./context.js";
import { EventLog } from "./events/eventLog.js";
import { EventFeed } from "./events/feed.js";
import { Backoff } from "./events/backoff.js";
import { PageReader } from "./export/pages.js";
import { createRateLimit } from "./http/rateLimit.js";
import { serveHttp } from "./http/serve.js";
import { Identity } from "./identity/identity.js";
import { SignedLinks } from "./http/signedLinks.js";
import { Store } from "./modelExport/store.js";
import { ParetoFronts } from "./leaderboard/fronts.js";
import { CappedTotals } from "./leaderboard/totals.js";
import { LeaderboardStreams } from "./leaderboard/changes.js";
import { consoleLog, type Log } from "./log.js";
import { RunStream } from "./run/changes.js";
import type { ServerSettings } from "./settings.js";
import { WorkerStream } from "./worker/changes.js";
import { WebhookSender } from "./webhooks/sender.js";

/** The channels that subscriptions are served from. */
const channels = [
  runChannel,
  workerChannel,
  pretrainingChannel,
  reproductionChannel,
  exportChannel,
  identityChannel,
] as const;

/** The most connections of the API's requests to the database. */
const databaseConnections = 10;

/** A server that accepts requests. */
export interface RunningServer {
  port: number;
  services: Services;
  /** Closes all connections, also those to the database. */
  stop(): Promise<void>;
}

/**
 * Connects to a migrated database and serves the API.
 * @throws OpnasError `DATABASE_UNREACHABLE`, `PORT_TAKEN`
 */
export async function startServer(
  settings: ServerSettings,
  log: Log = consoleLog,
): Promise<RunningServer> {
  const closing: (() => Promise<unknown>)[] = [];
  const stop = async () => {
    for (const close of closing.splice(0).reverse()) await close();
  };
  try {
    const notifications = new Notifications(settings.databaseUrl, channels, (line) =>
      log.info(line),
    );
    await notifications.start();
    closing.push(() => notifications.stop());

    const database = createClient(settings.databaseUrl, databaseConnections, {
      statementSeconds: settings.limits.querySeconds,
    });
    closing.push(() => database.$disconnect());

    await refuseNewerDatabase(database);
    const queue = await openQueue(settings.databaseUrl, {
      onError: (error) => log.error(`Queue: ${databaseError(error).message}`),
      supervise: false,
    });
    closing.push(() => queue.stop({ graceful: true, timeout: 1_000 }));

    const eventLog = new EventLog(database, notifications);
    const backoff = new Backoff(log);
    const feed = new EventFeed({ database, eventLog, notifications, backoff, log });
    await feed.start();
    closing.push(() => feed.stop());

    const probe = new Probe(settings.databaseUrl);
    closing.push(() => probe.stop());

    const identity = await Identity.open(database, settings.identity, settings, log);
    const store = new Store(settings);
    closing.push(() => store.stop());
    const exports = new PageReader(settings.databaseUrl);
    closing.push(() => exports.stop());
    const archives = new RunArchives(database, settings.databaseUrl, store);

    const streams = {
      leaderboards: new LeaderboardStreams({ database, feed, backoff }),
      runs: new RunStream({ database, feed, backoff }),
      workers: new WorkerStream({ database, notifications, backoff }),
    };
    const sending = { database, notifications, backoff, settings: settings.webhooks, log };
    const webhooks = new WebhookSender(sending);
    webhooks.start();
    closing.push(() => webhooks.stop());

    const fronts = new ParetoFronts({ database, feed });
    const services = {
      database,
      queue,
      notifications,
      eventLog,
      feed,
      backoff,
      probe,
      identity,
      exports,
      archives,
      webhooks,
      streams,
      fronts,
      totals: new CappedTotals(feed),
      quota: settings.limits.runs,
      textFolder: settings.textFolder,
      store,
      links: new SignedLinks(identity.keyFor("links to files")),
    };
    const { operationsPerMinute, rateLimitStore } = settings.limits;
    const rate = createRateLimit(operationsPerMinute, rateLimitStore, settings.databaseUrl);
    closing.push(() => rate.stop());

    const http = await serveHttp(services, { ...settings, rate, log });
    closing.push(() => http.stop());
    return { port: http.port, services, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}
