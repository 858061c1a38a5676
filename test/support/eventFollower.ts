import { setTimeout as sleep } from "node:timers/promises";
import { createClient } from "graphql-ws";
import { z } from "zod";

const eventSchema = z.object({ searchEvents: z.object({ seq: z.int() }) });
const query = `subscription ($runId: ID!, $after: Int!) {
  searchEvents(runId: $runId, after: $after) { seq }
}`;

/**
 * A client of the API that follows a run's events as the portal does: after a lost connection it asks for those
 * behind the last one that it has, where there are several servers the next of them.
 */
export class EventFollower {
  /** Numbers of the events, in the order in which they came. */
  readonly seen: number[] = [];
  /** Connections so far. */
  connections = 0;
  private isOver = false;
  private readonly apiPorts: readonly number[];
  private readonly most: number;
  private readonly following: Promise<void>;

  /** @param most events that it takes from one connection before it opens another */
  constructor(apiPorts: readonly number[], runId: string, most = Infinity) {
    this.apiPorts = apiPorts;
    this.most = most;
    this.following = this.follow(runId);
  }

  /** Waits until event `last` is there, at most so many seconds, and stops. */
  async end(last: number, seconds: number): Promise<void> {
    const until = Date.now() + seconds * 1000;
    while ((this.seen.at(-1) ?? 0) < last && Date.now() < until) await sleep(50);
    this.isOver = true;
    await this.following;
  }

  private async follow(runId: string): Promise<void> {
    while (!this.isOver) {
      const port = this.apiPorts[this.connections % this.apiPorts.length] ?? 0;
      const url = `ws://127.0.0.1:${port}/graphql`;
      const client = createClient({ url, retryAttempts: 0 });
      const ending = this.disposeAtEnd(client);
      this.connections += 1;
      try {
        await this.take(client, runId);
      } catch (error) {
        if (error instanceof z.ZodError) throw error;
        await sleep(200); // The server is away, or its database is: it is asked again.
      } finally {
        clearInterval(ending);
        await client.dispose();
      }
    }
  }

  private async take(client: ReturnType<typeof createClient>, runId: string): Promise<void> {
    const variables = { runId, after: this.seen.at(-1) ?? 0 };
    let taken = 0;
    for await (const { data } of client.iterate({ query, variables })) {
      if (data) this.seen.push(eventSchema.parse(data).searchEvents.seq);
      taken += 1;
      if (taken >= this.most) break;
    }
  }

  /** Ends a connection that hears nothing more once the follower is over. */
  private disposeAtEnd(client: ReturnType<typeof createClient>): NodeJS.Timeout {
    return setInterval(() => {
      if (this.isOver) void client.dispose();
    }, 50);
  }
}
