import { Prisma } from "@opnas/prisma";
import { type AuditFilter, auditEntries } from "../identity/auditFilter.js";
import type { TeamIds } from "../identity/visible.js";
import { boardOf } from "../leaderboard/filter.js";
import type { LeaderboardFilter } from "../leaderboard/types.js";
import type { RowSource } from "../pagination/keyset.js";
import type { RunFilter } from "../run/inputs.js";
import { runSource } from "../run/page.js";
import {
  type Column,
  architectureColumns,
  auditColumns,
  eventColumns,
  generationColumns,
  runColumns,
} from "./columns.js";

/** A value of an exported row; JSON is its text. */
export type Cell = string | number | boolean | Date | null;

/** An exported row: its cells by the names of the columns. */
export type Row = Readonly<Record<string, Cell>>;

/** Pages of rows, the next of which is read when it is asked for. */
export type Pages = AsyncIterable<readonly Row[]>;

/** Rows to export in an order that tells where the next page starts. */
export interface ExportTable {
  columns: readonly Column[];
  /**
   * Returns the query of the next rows, at most `limit`; the first ones for `after` null.
   * @param after the last row before them
   */
  page(after: Row | null, limit: number): Prisma.Sql;
}

/** Joins that give an architecture `x` its run, its generation and its evaluation. */
const ofArchitecture = Prisma.sql`
  JOIN "SearchRun" r ON r.id = x."runId"
  JOIN "Generation" g ON g.id = x."generationId"
  LEFT JOIN "Evaluation" e ON e."runId" = x."runId" AND e."architectureId" = x.id`;

/**
 * Returns the rows of these teams' leaderboard, the best score first and in a tie the older.
 * @param userId of the account that `me` means in the filter; undefined for the machine's owner
 * @throws InputError for a filter that cannot be used
 */
export function leaderboardTable(
  filter: LeaderboardFilter | null,
  teamIds: TeamIds,
  userId?: string,
): ExportTable {
  const { source } = boardOf(filter, teamIds, userId);
  const columns = [...architectureColumns, ...generationColumns];
  return {
    columns,
    // Whole rows, and not their ids to look each up again: a file then took 1.1 to 1.2 times as long.
    page: (after, limit) => Prisma.sql`
      SELECT ${selected(columns)}
        FROM (SELECT a.* FROM ${source.from}
               WHERE ${allOf(source, after && belowScore(source, after))}
               ORDER BY a.score DESC, ${source.id} LIMIT ${limit}) x ${ofArchitecture}
       ORDER BY x.score DESC, x.id`,
  };
}

/** Returns the condition for rows behind one in the order of scores; its range lets an index start there. */
function belowScore(source: RowSource, after: Row): Prisma.Sql {
  const score = Prisma.sql`${after["score"]}::float8`;
  return Prisma.sql`(a.score <= ${score} AND (a.score < ${score} OR ${source.id} > ${after["id"]}::uuid))`;
}

/**
 * Returns the rows of these teams' list of runs, the newest first.
 * @param userId of the account that `me` means in the filter; undefined for the machine's owner
 * @throws InputError for a filter that cannot be used
 */
export function runTable(filter: RunFilter | null, teamIds: TeamIds, userId?: string): ExportTable {
  const source = runSource(filter, teamIds, userId);
  return {
    columns: runColumns,
    page: (after, limit) => Prisma.sql`
      SELECT ${selected(runColumns)} FROM ${source.from}
       WHERE ${allOf(source, after && beforeTime(source, after))}
       ORDER BY r."createdAt" DESC, ${source.id} LIMIT ${limit}`,
  };
}

function beforeTime(source: RowSource, after: Row): Prisma.Sql {
  const time = Prisma.sql`${after["createdAt"]}::timestamptz`;
  return Prisma.sql`(r."createdAt" <= ${time} AND (r."createdAt" < ${time} OR ${source.id} > ${after["id"]}::uuid))`;
}

/** Returns the candidates and references of a run in the order in which they were proposed. */
export function candidateTable(runId: string): ExportTable {
  const columns = [...architectureColumns, ...generationColumns];
  return {
    columns,
    page: (after, limit) => Prisma.sql`
      SELECT ${selected(columns)} FROM "Architecture" x ${ofArchitecture}
       WHERE g."runId" = ${runId}::uuid
         AND g.index >= ${after === null ? 0 : after["generation"]}::int
         AND ${after === null ? Prisma.sql`true` : Prisma.sql`(g.index, x."indexInGeneration") > (${after["generation"]}::int, ${after["indexInGeneration"]}::int)`}
       ORDER BY g.index, x."indexInGeneration" LIMIT ${limit}`,
  };
}

/** Returns the events of a run with a seq above `first`, in order. */
export function eventTable(runId: string, first: number): ExportTable {
  return {
    columns: eventColumns,
    page: (after, limit) => Prisma.sql`
      SELECT ${selected(eventColumns)} FROM "RunEvent" v
       WHERE v."runId" = ${runId}::uuid AND v.seq > ${after === null ? first : after["seq"]}::int
       ORDER BY v.seq LIMIT ${limit}`,
  };
}

/**
 * Returns the entries of the audit log, the newest first.
 * @throws InputError for a filter that cannot be used
 */
export function auditTable(filter: AuditFilter | null): ExportTable {
  const source = auditEntries(filter);
  return {
    columns: auditColumns,
    page: (after, limit) => Prisma.sql`
      SELECT ${selected(auditColumns)} FROM ${source.from}
       WHERE ${allOf(source, after && earlier(source, after))}
       ORDER BY e.time DESC, ${source.id} LIMIT ${limit}`,
  };
}

function earlier(source: RowSource, after: Row): Prisma.Sql {
  const time = Prisma.sql`${after["time"]}::timestamptz`;
  return Prisma.sql`(e.time <= ${time} AND (e.time < ${time} OR ${source.id} > ${after["id"]}::uuid))`;
}

function allOf({ conditions }: RowSource, behind: Prisma.Sql | null): Prisma.Sql {
  return Prisma.join([...conditions, behind ?? Prisma.sql`true`], " AND ");
}

function selected(columns: readonly Column[]): Prisma.Sql {
  return Prisma.join(
    columns.map(({ name, sql }) => Prisma.sql`${sql} AS ${Prisma.raw(`"${name}"`)}`),
  );
}
