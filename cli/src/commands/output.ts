import { plain } from "../api/plain.js";

/** Formats rows as text, in columns as wide as their widest cell. */
export function table(heads: readonly string[], rows: readonly (readonly string[])[]): string {
  const cells = rows.map((row) => row.map((cell) => plain(cell).replaceAll(/\s+/g, " ")));
  const widths = heads.map((head, column) =>
    Math.max(head.length, ...cells.map((row) => row[column]?.length ?? 0)),
  );
  const format = (row: readonly string[]) =>
    widths
      .map((width, column) => (row[column] ?? "").padEnd(width))
      .join("  ")
      .trimEnd();
  return [heads, ...cells].map(format).join("\n");
}

/** Formats a score with two decimals; empty where there is none. */
export function decimals(score: number | null | undefined): string {
  return score === null || score === undefined ? "" : score.toFixed(2);
}

/** Prints text and a line break to standard output. */
export function print(text: string): void {
  process.stdout.write(`${plain(text)}\n`);
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

/** Prints a line for the person at the shell to standard error. */
export function say(line: string): void {
  process.stderr.write(`${plain(line)}\n`);
}
