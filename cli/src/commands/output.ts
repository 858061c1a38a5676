import { styleText } from "node:util";
import stringWidth from "string-width";
import { plain } from "../api/plain.js";

/** Spaces between two columns of a table. */
const gap = 2;

/** Characters of an id, which is never cut: people copy it. */
const idWidth = 36;

/** Fewest characters to which a column is cut on a narrow terminal. */
const narrowest = 8;

/**
 * Formats rows as text, in columns as wide as their widest cell on a terminal. Where a row is longer
 * than `width`, the widest columns are cut, but no column of ids.
 *
 * @param width the columns of the terminal; Infinity where the output is no terminal
 */
export function table(
  heads: readonly string[],
  rows: readonly (readonly string[])[],
  width = terminalWidth(),
): string {
  const cells = rows.map((row) => row.map((cell) => plain(cell).replaceAll(/\s+/g, " ")));
  const natural = heads.map((head, column) =>
    Math.max(stringWidth(head), ...cells.map((row) => stringWidth(row[column] ?? ""))),
  );
  const widths = fitted(natural, width);
  const format = (row: readonly string[]) =>
    widths
      .map((space, column) => padded(cut(row[column] ?? "", space), space))
      .join(" ".repeat(gap))
      .trimEnd();
  return [heads, ...cells].map(format).join("\n");
}

/** Narrows the widest columns until a row fits, as far as that may go. */
function fitted(natural: readonly number[], width: number): number[] {
  const widths = [...natural];
  const excess = () => widths.reduce((sum, each) => sum + each + gap, -gap) - width;
  const isCuttable = (column: number) =>
    natural[column] !== idWidth && (widths[column] ?? 0) > narrowest;
  while (excess() > 0) {
    const cuttable = [...widths.keys()].filter(isCuttable);
    if (cuttable.length === 0) break;
    const widthOf = (column: number) => widths[column] ?? 0;
    const widest = cuttable.reduce((a, b) => (widthOf(b) > widthOf(a) ? b : a));
    widths[widest] = widthOf(widest) - 1;
  }
  return widths;
}

function cut(text: string, width: number): string {
  if (stringWidth(text) <= width) return text;
  let kept = "";
  for (const character of text) {
    if (stringWidth(`${kept}${character}…`) > width) break;
    kept += character;
  }
  return `${kept}…`;
}

function padded(text: string, width: number): string {
  return text + " ".repeat(Math.max(0, width - stringWidth(text)));
}

/** Returns the columns of the terminal that standard output goes to; Infinity where it is none. */
function terminalWidth(): number {
  return process.stdout.isTTY ? process.stdout.columns : Infinity;
}

/**
 * Reports whether text on a stream may have colours: on a terminal, unless NO_COLOR is set to
 * anything (https://no-color.org) or the terminal is a dumb one.
 */
export function isColoured(
  stream: { isTTY?: boolean },
  environment: NodeJS.ProcessEnv = process.env,
): boolean {
  return stream.isTTY === true && !environment["NO_COLOR"] && environment["TERM"] !== "dumb";
}

/** Formats a score with two decimals; empty where there is none. */
export function decimals(score: number | null | undefined): string {
  return score === null || score === undefined ? "" : score.toFixed(2);
}

const units = ["B", "kB", "MB", "GB"];

/** Formats the size of a file: 950 → "950 B", 1 234 567 → "1.2 MB". */
export function byteSize(bytes: number): string {
  // What is rounded to 1000 of a unit is 1 of the next.
  const power = units.findIndex((_, at) => bytes < 999.5 * 1000 ** at);
  const at = power === -1 ? units.length - 1 : power;
  const amount = bytes / 1000 ** at;
  return `${amount.toFixed(at > 0 && amount < 99.95 ? 1 : 0)} ${units[at] ?? ""}`;
}

/** Prints text and a line break to standard output. */
export function print(text: string): void {
  process.stdout.write(`${plain(text)}\n`);
}

/** Prints a table, whose heads are bold where colours are allowed. */
export function printTable(heads: readonly string[], rows: readonly (readonly string[])[]): void {
  const [head = "", ...body] = table(heads, rows).split("\n");
  process.stdout.write(`${isColoured(process.stdout) ? styleText("bold", head) : head}\n`);
  if (body.length > 0) print(body.join("\n"));
}

/** Prints a value as JSON, in which what a terminal must not get is written as its number. */
export function printJson(value: unknown): void {
  const text = JSON.stringify(value, null, 2);
  print(
    text.replaceAll(
      /[\u007f-\u009f\u2028-\u202e\u2066-\u2069]/g,
      (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
    ),
  );
}

/**
 * Formats rows as CSV (RFC 4180, but with line feeds between rows); a cell that a spreadsheet would
 * run as a formula is made text.
 */
export function csv(heads: readonly string[], rows: readonly (readonly string[])[]): string {
  const cell = (text: string) => {
    const harmless =
      /^[=+\-@\t\r]/.test(text) && !Number.isFinite(Number(text)) ? `'${text}` : text;
    return /[",\r\n]/.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless;
  };
  return [heads, ...rows].map((row) => row.map((each) => cell(plain(each))).join(",")).join("\n");
}

/** Says on standard error how to get the next page, where there is one. */
export function nextPage(info: { hasNextPage: boolean; endCursor: string | null }): void {
  if (info.hasNextPage) say(`More: --after ${info.endCursor ?? ""}`);
}

/** Prints a line for the person at the shell to standard error. */
export function say(line: string): void {
  process.stderr.write(`${plain(line)}\n`);
}
