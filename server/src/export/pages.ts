import { openPool } from "@opnas/prisma";
import type { ExportTable, Row } from "./tables.js";

/** Rows of one query. Two pages are all that an export holds in memory, but for a row group of Parquet. */
const pageRows = 1_000;

/** Connections for all exports together: however many there are, the API keeps its own. */
const connections = 2;

/** Reads tables page by page on connections of its own, whose statements may take 30 s each. */
export class PageReader {
  private readonly pool: ReturnType<typeof openPool>;
  /** The end of the newest query of each connection. */
  private readonly lanes: Promise<unknown>[] = [];
  private queries = 0;

  constructor(databaseUrl: string) {
    this.pool = openPool(databaseUrl, "opnas-export", connections);
    // A connection that is lost while idle is replaced at the next page, which gets any error.
    this.pool.on("error", () => undefined);
  }

  /**
   * Yields the rows of a table in pages. The next is read while the present one is written and sent, and
   * none beyond it: a slow reader holds no connection. Rows that are added or changed while it goes on come
   * once at most, and those behind the present place not at all before it reaches them.
   * @param limit the most rows in all; null for no limit
   */
  async *read(table: ExportTable, limit: number | null): AsyncGenerator<Row[], void, void> {
    let left = limit ?? Infinity;
    if (left <= 0) return;
    let size = Math.min(pageRows, left);
    let reading = this.page(table, null, size);
    for (;;) {
      const rows: Row[] = await reading;
      left -= rows.length;
      const isLast = rows.length < size || left <= 0;
      if (!isLast) {
        size = Math.min(pageRows, left);
        reading = this.page(table, rows.at(-1) ?? null, size);
        // A reader that leaves does not come to the next page, nor to its error.
        reading.catch(() => undefined);
      }
      if (rows.length > 0) yield rows;
      if (isLast) return;
    }
  }

  /** Closes the connections. */
  async stop(): Promise<void> {
    await this.pool.end();
  }

  private async page(table: ExportTable, after: Row | null, limit: number): Promise<Row[]> {
    const { text, values } = table.page(after, limit);
    // Queries stand in line here: the pool would give one up that waits for others for long.
    const lane = this.queries++ % connections;
    const before = this.lanes[lane] ?? Promise.resolve();
    const query = before.then(() => this.pool.query<Row>({ text, values }));
    this.lanes[lane] = query.catch(() => undefined);
    return (await query).rows;
  }
}
