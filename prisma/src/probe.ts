import pg from "pg";
import type { z } from "zod";
import { connectionOptions } from "./connections.js";

/** Milliseconds that a question may take, the same for its connection and in Postgres itself. */
const answerMilliseconds = 2_000;

/** Connections: one for the metrics and one for the readiness, which are asked at the same time. */
const connections = 2;

/**
 * Asks the database short questions about the platform's state, for monitoring. It has a small pool of
 * its own, so that an answer depends neither on how busy the client's connections are nor on their
 * long time-outs. The connections close after 10 s without a question.
 */
export class Probe {
  private readonly pool: pg.Pool;

  constructor(databaseUrl: string) {
    this.pool = new pg.Pool({
      ...connectionOptions(databaseUrl, "opnas-probe"),
      max: connections,
      connectionTimeoutMillis: answerMilliseconds,
      statement_timeout: answerMilliseconds,
      lock_timeout: answerMilliseconds,
      query_timeout: answerMilliseconds,
    });
    // A connection that is lost while idle is replaced at the next question, which gets any error.
    this.pool.on("error", () => undefined);
  }

  /**
   * Returns the rows of a query, each parsed by a schema, within 4 s.
   * @throws the error of `pg` when the database does not answer in time; `ZodError` for other rows
   */
  async ask<Row>(
    row: z.ZodType<Row>,
    query: string,
    values: readonly unknown[] = [],
  ): Promise<Row[]> {
    const { rows } = await this.pool.query<Record<string, unknown>>(query, [...values]);
    return rows.map((each) => row.parse(each));
  }

  /** Closes the connections. */
  async stop(): Promise<void> {
    await this.pool.end();
  }
}
