import type { Cell, ExportTable, Pages } from "./tables.js";

/** Rows of one text of CSV: longer ones are moved about in memory as a whole, which takes a quarter of the time. */
const rowsPerText = 50;

/** The beginnings of what a spreadsheet runs as a formula; the last four are the full-width forms of signs. */
const formula = /^[=+\-@\t\r\uFF1D\uFF0B\uFF0D\uFF20]/;

/** Signs that a cell holds only in quotes. */
const special = /[",\r\n]/;

/**
 * Writes CSV (RFC 4180) with a line of names. Text that a spreadsheet would run as a formula, because
 * it begins with = + - @ or a tab, gets an apostrophe before it, as OWASP recommends; numbers do not.
 * Empty text is "" and a missing value nothing. A library for every form of CSV (csv-stringify) took 1.6 to
 * 1.9 times as long for a whole file of the leaderboard: while rows are written, the next are not read.
 */
export async function* writeCsv(
  pages: Pages,
  columns: ExportTable["columns"],
): AsyncGenerator<string, void> {
  const names = columns.map(({ name }) => name);
  yield line(names);
  for await (const rows of pages) {
    for (let from = 0; from < rows.length; from += rowsPerText) {
      const lines = rows
        .slice(from, from + rowsPerText)
        .map((row) => line(names.map((name) => row[name] ?? null)));
      yield lines.join("");
    }
  }
}

function line(cells: readonly Cell[]): string {
  return `${cells.map(written).join(",")}\r\n`;
}

function written(cell: Cell): string {
  if (cell === null) return "";
  if (typeof cell !== "string") return cell instanceof Date ? cell.toISOString() : String(cell);
  const text = formula.test(cell) ? `'${cell}` : cell;
  return text === "" || special.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
