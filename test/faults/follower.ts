import { setTimeout as sleep } from "node:timers/promises";
import { type Client, createClient } from "graphql-ws";
import { z } from "zod";

const eventSchema = z.object({ searchEvents: z.object({ seq: z.int(), kind: z.string() }) });
const query = `subscription ($runId: ID!, $after: Int!) {
  searchEvents(runId: $runId, after: $after) { seq kind }
}`;

/**
 * A client of the API that follows a run's events as the portal does: after a lost connection it asks for those
 * behind the last one that it has.
 */
export class EventFollower {
  /** Numbers of the events, in the order in which they came. */
  readonly seen: number[] = [];
  private isOver = false;
  private readonly client: Client;
  private readonly following: Promise<void>;

  constructor(apiPort: number, runId: string) {
    this.client = createClient({
      url: `ws://127.0.0.1:${apiPort}/graphql`,
      retryAttempts: 0,
      lazy: true,
    });
    this.following = this.follow(runId);
  }

  /** Waits until event `last` is there, at most so many seconds, and stops. */
  async end(last: number, seconds: number): Promise<void> {
    const until = Date.now() + seconds * 1000;
    while ((this.seen.at(-1) ?? 0) < last && Date.now() < until) await sleep(50);
    this.isOver = true;
    await this.client.dispose();
    await this.following;
  }

  private async follow(runId: string): Promise<void> {
    while (!this.isOver) {
      const variables = { runId, after: this.seen.at(-1) ?? 0 };
      try {
        for await (const { data } of this.client.iterate({ query, variables })) {
          if (data) this.seen.push(eventSchema.parse(data).searchEvents.seq);
        }
      } catch (error) {
        if (error instanceof z.ZodError) throw error;
        // The server is away, or its database is: it is asked again.
      }
      await sleep(200);
    }
  }
}
