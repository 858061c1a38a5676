import { describeError } from "@opnas/core";
import {
  databaseError,
  type Database,
  type Notifications,
  runChannel,
  type WebhookDelivery,
} from "@opnas/prisma";
import type { Backoff } from "../events/backoff.js";
import { Latch } from "../events/latch.js";
import { throttle } from "../events/throttle.js";
import type { Log } from "../log.js";
import type { WebhookSettings } from "../settings.js";
import { deliver } from "./deliver.js";

/** Messages that one process sends at once. */
const together = 10;

/** Milliseconds after which due messages are looked for without a sign of any. */
const pollMilliseconds = 5_000;

/**
 * Seconds from an attempt to the next after so many; a message that fails once more is given up, after
 * about a day.
 */
const pauses = [5, 60, 300, 1_800, 7_200, 18_000, 36_000];

/** Seconds after which a message whose sender died is taken by another, longer than an attempt lasts. */
const takenSeconds = 60;

interface Services {
  database: Database;
  notifications: Notifications;
  backoff: Backoff;
  settings: WebhookSettings;
  log: Log;
}

/**
 * Sends the messages of webhooks that are due. Any number of servers may do so at once: each message is
 * taken by one of them, and by another after a minute if that one died. A receiver can so get one
 * twice, with the same webhook-id.
 */
export class WebhookSender {
  private readonly services: Services;
  private readonly changed = new Latch();
  private readonly stopping = new AbortController();
  private running: Promise<void> | undefined;
  private unlisten: (() => void) | undefined;

  constructor(services: Services) {
    this.services = services;
  }

  start(): void {
    this.unlisten = this.services.notifications.listen(runChannel, this.changed.release);
    this.running = this.run();
  }

  /** Ends it once the attempts under way are over, 15 s at most. */
  async stop(): Promise<void> {
    this.unlisten?.();
    this.stopping.abort();
    this.changed.release();
    await this.running;
  }

  /**
   * Sends one message now, whether it is due or not, and returns it with its outcome. After a failure
   * it is due again later, but for a test, whose outcome somebody waits for.
   */
  async send(delivery: WebhookDelivery): Promise<WebhookDelivery> {
    const { database, settings } = this.services;
    const { webhookId, id, event, attempts } = delivery;
    const webhook = await database.webhook.findUniqueOrThrow({ where: { id: webhookId } });
    const { httpStatus, error } = await deliver(database, settings, webhook, delivery);
    const isOver = error === null || event === "TEST";
    const pause = isOver ? null : (pauses[attempts - 1] ?? null);
    const [stored] = await database.$queryRaw<WebhookDelivery[]>`
      UPDATE "WebhookDelivery"
         SET "httpStatus" = ${httpStatus}::int, error = ${error},
             "deliveredAt" = CASE WHEN ${error}::text IS NULL THEN clock_timestamp() END,
             "dueAt" = clock_timestamp() + ${pause}::float8 * interval '1 second'
       WHERE id = ${id}::uuid RETURNING *`;
    return stored ?? { ...delivery, httpStatus, error };
  }

  private async run(): Promise<void> {
    const { signal } = this.stopping;
    const poll = setInterval(this.changed.release, pollMilliseconds);
    try {
      while (!signal.aborted) {
        await this.changed.wait();
        try {
          await this.sendDue(signal);
        } catch (error) {
          // An error that got out of here would end the API for all its clients.
          this.report("Webhooks could not be sent", error);
        }
        await throttle(signal);
      }
    } finally {
      clearInterval(poll);
    }
  }

  private async sendDue(signal: AbortSignal): Promise<void> {
    const taken = (await this.services.backoff.retry(() => this.takeDue(), signal)) ?? [];
    const sent = await Promise.allSettled(taken.map((each) => this.send(each)));
    for (const each of sent) {
      // The message is sent again after a minute.
      if (each.status === "rejected") this.report("A webhook's outcome is not stored", each.reason);
    }
    if (taken.length === together) this.changed.release();
  }

  /** Takes messages that are due, the oldest first. Their next attempt is set before this one begins. */
  private takeDue(): Promise<WebhookDelivery[]> {
    return this.services.database.$queryRaw<WebhookDelivery[]>`
      UPDATE "WebhookDelivery"
         SET attempts = attempts + 1,
             "dueAt" = clock_timestamp() + ${takenSeconds}::float8 * interval '1 second'
       WHERE id IN (
         SELECT id FROM "WebhookDelivery" WHERE "dueAt" <= clock_timestamp()
          ORDER BY "dueAt" LIMIT ${together} FOR UPDATE SKIP LOCKED)
       RETURNING *`;
  }

  private report(what: string, error: unknown): void {
    this.services.log.error(`${what}: ${describeError(databaseError(error))}`);
  }
}
