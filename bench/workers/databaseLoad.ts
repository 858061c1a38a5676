import { readdir, readFile } from "node:fs/promises";
import type { Database } from "@opnas/prisma";

/** Milliseconds of processor time of one tick in /proc. */
const tickMilliseconds = 10;

/** Measures the work of a Postgres on this machine between `start` and `end`. */
export class DatabaseLoad {
  private transactions = 0;
  private ticks = new Map<string, number>();
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
   * Returns the transactions since the start, the processor time of Postgres' processes by the name of
   * their session (none where there is no /proc), the mean number of sessions that waited for a lock,
   * and the most connections.
   */
  async end() {
    const ticks = await this.readTicks();
    const sinceStart = ([name, now]: [string, number]): [string, number] => [
      name,
      (now - (this.ticks.get(name) ?? 0)) * tickMilliseconds,
    ];
    return {
      transactions: (await this.readTransactions()) - this.transactions,
      processorMilliseconds: new Map([...ticks].map(sinceStart)),
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

  /**
   * Sums the ticks of the postmaster's children by the name of their session or what they do; those that
   * have ended by the same name, "ended".
   */
  private async readTicks(): Promise<Map<string, number>> {
    const ticks = new Map<string, number>();
    const processes = await this.db.$queryRaw<{ pid: number; name: string; isOwn: boolean }[]>`
      SELECT pid, coalesce(nullif(application_name, ''), backend_type) AS name,
             pid = pg_backend_pid() AS "isOwn" FROM pg_stat_activity`;
    const own = await statOf(processes.find(({ isOwn }) => isOwn)?.pid ?? 0);
    if (own === undefined) return ticks;
    ticks.set("ended", (await statOf(own.parent))?.ended ?? 0);
    const names = new Map(processes.map(({ pid, name }) => [pid, name]));
    for (const file of await readdir("/proc")) {
      const stat = /^\d+$/.test(file) ? await statOf(Number(file)) : undefined;
      if (stat?.parent !== own.parent) continue;
      const name = names.get(Number(file)) ?? "others";
      ticks.set(name, (ticks.get(name) ?? 0) + stat.own);
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
