import { writeCsv } from "./csv.js";
import { writeParquet } from "./parquet.js";
import type { Cell, ExportTable, Pages } from "./tables.js";

/** A format of exports. */
interface Format {
  contentType: string;
  /** Yields the file in parts. */
  encode(pages: Pages, columns: ExportTable["columns"]): AsyncGenerator<Uint8Array | string, void>;
}

/** The ending of an exported file's name. */
export type FormatName = "csv" | "jsonl" | "parquet";

/** The formats by the ending of the file's name. */
export const formats: Readonly<Record<FormatName, Format>> = {
  csv: { contentType: "text/csv; charset=utf-8; header=present", encode: writeCsv },
  jsonl: { contentType: "application/x-ndjson; charset=utf-8", encode: writeJsonLines },
  parquet: { contentType: "application/vnd.apache.parquet", encode: writeParquet },
};

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
