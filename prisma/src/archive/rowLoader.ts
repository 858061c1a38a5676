import { OpnasError } from "@opnas/core";
import pg from "pg";
import type { z } from "zod";
import { type ArchivedTableName, rowSchemas } from "./rows.js";
import { type ArchivedTable, withRun } from "./tables.js";
import { jsonFault } from "./values.js";

type Row = Record<string, unknown>;

/**
 * Rows, and characters of them, that one statement stores at the most. Two statements' rows are held at a
 * time: few enough that they are gone before the collector takes them for something that stays.
 */
const rowsAtOnce = 100;
const charactersAtOnce = 1_000_000;

/** The most fields without a place here that are told: an archive could name one in every row. */
const mostIgnored = 100;

/**
 * Parses the JSON of a row and checks it by its schema.
 * @param place of the row, for the sentence of an error
 * @returns the row with the fields that are known, and the names of those that are not
 * @throws OpnasError `BAD_INPUT`
 */
export function parseRow<T>(
  schema: z.ZodType<T>,
  text: string,
  place: string,
): { row: T; unknown: string[] } {
  const value = parseJson(text, place);
  const fault = jsonFault(value);
  if (fault !== null) throw unusable(place, fault);
  const parsed = schema.safeParse(value);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    const path = (issue?.path ?? []).map(String).join(".");
    const reason = (issue?.message ?? "it is not a row").replace(/\.$/, "");
    throw unusable(path === "" ? place : `${place}, ${path}`, reason);
  }
  const known = new Set(fieldsOf(parsed.data));
  return { row: parsed.data, unknown: fieldsOf(value).filter((name) => !known.has(name)) };
}

function fieldsOf(value: unknown): string[] {
  return typeof value === "object" && value !== null ? Object.keys(value) : [];
}

function parseJson(text: string, place: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw unusable(place, "it is not JSON");
  }
}

/** Stores rows of one run within a transaction of its caller's. */
export class RowLoader {
  /** Number of stored rows by file. */
  readonly rows: Record<string, number> = {};
  /** Fields without a place here, with their files. */
  readonly ignored = new Set<string>();
  /** SQL of columns that archives leave out and that have no default, by name. */
  fill: Readonly<Record<string, string>> = {};

  constructor(
    private readonly client: pg.Client,
    private readonly runId: string,
  ) {}

  /**
   * Checks and stores the rows of a table, and gives each. While Postgres stores some, the next are read:
   * the two take about as long.
   * @throws OpnasError `BAD_INPUT` for a row that cannot be used or is of another run
   */
  async *load(table: ArchivedTable, lines: AsyncIterable<string>): AsyncGenerator<Row, void> {
    let batch: Row[] = [];
    let storing = Promise.resolve();
    const store = async () => {
      await storing;
      storing = this.insert(table, batch);
      // The next wait throws it; a row that is refused meanwhile ends the import before that.
      storing.catch(() => undefined);
    };
    let characters = 0;
    let number = 0;
    this.rows[table.file] = 0;
    for await (const line of lines) {
      number += 1;
      const place = `${table.file}, line ${number}`;
      const { row, unknown } = parseRow<Row>(schemaOf(table), line, place);
      this.ignore(table.file, unknown);
      if ("runId" in row && row["runId"] !== this.runId) {
        throw unusable(place, "it is a row of another run");
      }
      const isFull = batch.length === rowsAtOnce || characters + line.length > charactersAtOnce;
      // Columns that are absent get their defaults, so that one statement is of one form.
      const isOther = batch[0] !== undefined && namesOf(batch[0]) !== namesOf(row);
      if (batch.length > 0 && (isFull || isOther)) {
        await store();
        batch = [];
        characters = 0;
      }
      batch.push(row);
      characters += line.length;
      yield row;
    }
    if (batch.length > 0) await store();
    await storing;
  }

  /** Notes fields of a file that have no place here. */
  ignore(file: string, names: readonly string[]): void {
    for (const name of names) {
      if (this.ignored.size === mostIgnored) return;
      this.ignored.add(`${file}: ${name.slice(0, 100)}`);
    }
  }

  /** Stores rows with the same columns. */
  async insert(table: ArchivedTable, rows: readonly Row[]): Promise<void> {
    const [first = {}] = rows;
    const names = Object.keys(first).map((name) => pg.escapeIdentifier(name));
    const filled = Object.entries(this.fill);
    const columns = [...names, ...filled.map(([name]) => pg.escapeIdentifier(name))];
    const values = [...names.map((name) => `t.${name}`), ...filled.map(([, sql]) => sql)];
    const into = pg.escapeIdentifier(table.table);
    // Workers are shared by runs: the row that is there already stays.
    const isShared = table.table === "Worker";
    const sql = `INSERT INTO ${into} (${columns.join(", ")})
      SELECT ${values.join(", ")} FROM jsonb_populate_recordset(NULL::${into}, $1::jsonb) t
      ${table.owner} ${isShared ? "ON CONFLICT DO NOTHING" : ""}`;
    const { rowCount } = await this.client.query(withRun(sql, this.runId), [JSON.stringify(rows)]);
    if (!isShared && rowCount !== rows.length) {
      throw unusable(table.file, "a row belongs to something that is not of this run");
    }
    this.rows[table.file] = (this.rows[table.file] ?? 0) + rows.length;
  }
}

function schemaOf({ table }: ArchivedTable): z.ZodType<Row> {
  const isNamed = (name: string): name is ArchivedTableName => Object.hasOwn(rowSchemas, name);
  if (!isNamed(table)) throw new Error(`There is no schema for rows of ${table}.`);
  return rowSchemas[table];
}

const namesOf = (row: Row): string => Object.keys(row).join();

/**
 * Turns an error of Postgres about the rows into a sentence about the archive; others stay as they are.
 */
export function refusalOf(error: unknown): unknown {
  if (!(error instanceof pg.DatabaseError)) return error;
  const { code = "", table = "a table", detail, message } = error;
  if (code === "23505") {
    const said = `A row of ${table} is here already (${detail ?? message}), or twice in the archive: nothing was imported.`;
    return new OpnasError("WRONG_STATE", said, { cause: error });
  }
  if (!/^2[23]/.test(code)) return error;
  const reason = `the database refuses a row of ${table} (${detail ?? message})`;
  return new OpnasError("BAD_INPUT", `The archive cannot be used: ${reason}.`, { cause: error });
}

function unusable(place: string, reason: string): OpnasError {
  return new OpnasError("BAD_INPUT", `${place} cannot be used: ${reason}.`);
}
