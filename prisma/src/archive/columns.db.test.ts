import pg from "pg";
import { afterAll, beforeAll, expect, test } from "vitest";
import { testDatabase } from "../testing/index.js";
import { rowSchemas } from "./rows.js";
import { archivedTables, leftOutTables, runTable } from "./tables.js";

const client = new pg.Client({ connectionString: await testDatabase() });
beforeAll(() => client.connect());
afterAll(() => client.end());

test("every column of an archived table is written and read, or left out for a reason", async () => {
  const { rows } = await client.query<{ table: string; columns: string[] }>(
    `SELECT table_name AS table, array_agg(column_name::text) AS columns
       FROM information_schema.columns WHERE table_schema = 'public' GROUP BY table_name`,
  );
  const stored = new Map(rows.map(({ table, columns }) => [table, columns]));
  const schemas = new Map<string, { shape: object }>(Object.entries(rowSchemas));
  for (const { table, leftOut, rewritten = {} } of [runTable, ...archivedTables]) {
    const read = Object.keys(schemas.get(table)?.shape ?? {});
    const known = [...read, ...Object.keys(leftOut)].sort();
    expect([table, known]).toEqual([table, [...(stored.get(table) ?? [])].sort()]);
    expect(read).toEqual(expect.arrayContaining(Object.keys(rewritten)));
  }
});

test("every table that depends on runs is archived, or left out for a reason", async () => {
  const { rows } = await client.query<{ table: string }>(
    `WITH RECURSIVE dependent AS (
       SELECT '"SearchRun"'::regclass::oid AS id
       UNION
       SELECT c.conrelid FROM pg_constraint c JOIN dependent d ON d.id = c.confrelid
        WHERE c.contype = 'f')
     SELECT c.relname AS table FROM dependent d JOIN pg_class c ON c.oid = d.id`,
  );
  const known = [runTable, ...archivedTables].map(({ table }) => table);
  const others = rows.map(({ table }) => table).filter((table) => !known.includes(table));
  expect(Object.keys(leftOutTables)).toEqual(expect.arrayContaining(others));
  expect(others).not.toEqual([]);
});
