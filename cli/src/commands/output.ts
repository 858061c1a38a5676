/** Formats rows as text, in columns as wide as their widest cell. */
export function table(heads: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = heads.map((head, column) =>
    Math.max(head.length, ...rows.map((row) => row[column]?.length ?? 0)),
  );
  const format = (row: readonly string[]) =>
    widths
      .map((width, column) => (row[column] ?? "").padEnd(width))
      .join("  ")
      .trimEnd();
  return [heads, ...rows].map(format).join("\n");
}

/** Formats a score with two decimals; empty where there is none. */
export function decimals(score: number | null | undefined): string {
  return score === null || score === undefined ? "" : score.toFixed(2);
}

/** Prints text and a line break to standard output. */
export function print(text: string): void {
  process.stdout.write(`${text}\n`);
}
