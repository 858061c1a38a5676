/** Writes a table in Markdown; the cells are Markdown already. */
export function table(heads: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  return [line(heads), line(heads.map(() => "---")), ...rows.map(line)].join("\n");
}

/** Escapes plain text, so that it neither begins a mark nor ends a table's cell. */
export function escaped(plain: string): string {
  return plain.replace(/[\\`*_{}[\]<>#|~$]/g, (sign) => `\\${sign}`).replace(/\s+/g, " ");
}

/** Escapes a table cell whose marks are meant. */
export function cell(markdown: string): string {
  return markdown.replaceAll("|", "\\|").replace(/\s+/g, " ");
}

/** Writes text as code, within a line or a table's cell. */
export function code(plain: string): string {
  return `\`${cell(plain).replaceAll("`", "'")}\``;
}
