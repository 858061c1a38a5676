import { stringify } from "csv-stringify/sync";
import { writeParquet } from "./parquet.js";
import type { Cell, ExportTable, Pages } from "./tables.js";

/** A format of exports. */
interface Format {
  contentType: string;
  /** Yields the file in parts. */
  encode(pages: Pages, columns: ExportTable["columns"]): AsyncGenerator<Uint8Array | string, void>;
}

/** Rows of one text of CSV: longer ones are moved about in memory as a whole, which takes a quarter of the time. */
const rowsPerText = 50;

/** The ending of an exported file's name. */
export type FormatName = "csv" | "jsonl" | "parquet";

/** The formats by the ending of the file's name. */
export const formats: Readonly<Record<FormatName, Format>> = {
  csv: { contentType: "text/csv; charset=utf-8; header=present", encode: writeCsv },
  jsonl: { contentType: "application/x-ndjson; charset=utf-8", encode: writeJsonLines },
  parquet: { contentType: "application/vnd.apache.parquet", encode: writeParquet },
};

/**
 * Writes CSV (RFC 4180) with a line of names. Text that a spreadsheet would run as a formula, because
 * it begins with = + - @ or a tab, gets an apostrophe before it, as OWASP recommends; numbers do not.
 */
async function* writeCsv(pages: Pages, columns: ExportTable["columns"]) {
  const options = {
    columns: columns.map(({ name }) => name),
    record_delimiter: "windows",
    escape_formulas: true,
    quoted_match: /^$/,
    cast: { boolean: String, date: (time: Date) => time.toISOString() },
  };
  yield stringify([], { ...options, header: true });
  for await (const rows of pages) {
    for (let from = 0; from < rows.length; from += rowsPerText)
      yield stringify(rows.slice(from, from + rowsPerText), options);
  }
}

/** Writes an object a line; JSON columns are values within it. */
async function* writeJsonLines(pages: Pages, columns: ExportTable["columns"]) {
  const fields = columns.map(({ name, type }) => ({
    start: `${JSON.stringify(name)}:`,
    name,
    // Postgres writes JSON in one line, so that its text can stand as it is.
    write: (cell: Cell) => (type === "json" ? String(cell) : JSON.stringify(cell)),
  }));
  for await (const rows of pages) {
    const lines = rows.map((row) => {
      const values = fields.map(({ start, name, write }) => start + write(row[name] ?? null));
      return `{${values.join(",")}}\n`;
    });
    yield lines.join("");
  }
}
