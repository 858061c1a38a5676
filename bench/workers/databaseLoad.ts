import { readdir, readFile } from "node:fs/promises";
import type { Database } from "@opnas/prisma";

/** Milliseconds of processor time of one tick in /proc. */
const tickMilliseconds = 10;

/** Measures the work of a Postgres on this machine between `start` and `end`. */
export class DatabaseLoad {
  private transactions = 0;
  private ticks = 0;
  private readonly waiting: number[] = [];
  private connections = 0;
  private readonly db: Database;

  constructor(db: Database) {
    this.db = db;
  }

  async start(): Promise<void> {
    this.transactions = await this.readTransactions();
    this.ticks = await this.readTicks();
  }

  /** Counts the sessions that there are and those that wait for a lock now. */
  async look(): Promise<void> {
    const [found] = await this.db.$queryRaw<{ all: number; waiting: number }[]>`
      SELECT count(*)::int AS all, (count(*) FILTER (WHERE wait_event_type = 'Lock'))::int AS waiting
        FROM pg_stat_activity WHERE backend_type = 'client backend'`;
    this.waiting.push(found?.waiting ?? 0);
    this.connections = Math.max(this.connections, found?.all ?? 0);
  }

  /**
   * Returns the transactions since the start, the processor time of Postgres' processes (0 where there
   * is no /proc), the mean number of sessions that waited for a lock, and the most connections.
   */
  async end() {
    return {
      transactions: (await this.readTransactions()) - this.transactions,
      processorMilliseconds: ((await this.readTicks()) - this.ticks) * tickMilliseconds,
      waiting: this.waiting.reduce((sum, each) => sum + each, 0) / Math.max(1, this.waiting.length),
      connections: this.connections,
    };
  }

  private async readTransactions(): Promise<number> {
    const [found] = await this.db.$queryRaw<{ count: number }[]>`
      SELECT (xact_commit + xact_rollback)::int AS count FROM pg_stat_database
       WHERE datname = current_database()`;
    return found?.count ?? 0;
  }

  /** Sums the ticks of the postmaster's children, with those of children that have ended. */
  private async readTicks(): Promise<number> {
    const [own] = await this.db.$queryRaw<{ pid: number }[]>`SELECT pg_backend_pid() AS pid`;
    const parent = (await statOf(own?.pid ?? 0))?.parent;
    if (parent === undefined) return 0;
    let ticks = (await statOf(parent))?.ended ?? 0;
    for (const name of await readdir("/proc")) {
      const stat = /^\d+$/.test(name) ? await statOf(Number(name)) : undefined;
      if (stat?.parent === parent) ticks += stat.own;
    }
    return ticks;
  }
}

/** Reads a process' parent, its own ticks and those of its ended children; undefined when it is gone. */
async function statOf(pid: number) {
  const text = await readFile(`/proc/${pid}/stat`, "utf8").catch((error: unknown) => {
    const code = error instanceof Error && "code" in error ? error.code : undefined;
    if (code === "ENOENT" || code === "ESRCH") return undefined;
    throw error;
  });
  if (text === undefined) return undefined;
  // The name, in brackets, may hold spaces.
  const fields = text
    .slice(text.lastIndexOf(")") + 2)
    .split(" ")
    .map(Number);
  const at = (place: number) => fields[place] ?? 0;
  return { parent: at(1), own: at(11) + at(12), ended: at(13) + at(14) };
}
