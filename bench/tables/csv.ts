/**
 * Parses comma-separated values with a header. Cells may be in double quotes, with a doubled quote
 * for one and commas or line ends inside (RFC 4180).
 *
 * @returns one object a line, by the names in the header
 * @throws RangeError for a line with another number of cells, a name that occurs twice, or an open quote
 */
export function parseCsv(content: string): Record<string, string>[] {
  const [header, ...lines] = linesOf(content.replace(/^\uFEFF/, ""));
  if (!header) return [];
  if (new Set(header).size < header.length) throw new RangeError("Two columns have one name.");
  return lines.map((cells, index) => {
    if (cells.length !== header.length) {
      const counts = `${cells.length} cells for ${header.length} columns`;
      throw new RangeError(`Line ${index + 2} has ${counts}.`);
    }
    return Object.fromEntries(header.map((name, column) => [name, cells[column] ?? ""]));
  });
}

function linesOf(content: string): string[][] {
  const lines: string[][] = [];
  let cells: string[] = [];
  const cell = /(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r?\n|$)/y;
  while (cell.lastIndex < content.length) {
    const start = cell.lastIndex;
    const match = cell.exec(content);
    if (!match) throw new RangeError(`The CSV cannot be read from character ${start + 1} on.`);
    const [, quoted, plain = "", end] = match;
    cells.push(quoted === undefined ? plain : quoted.replaceAll('""', '"'));
    if (end === ",") {
      // A comma at the very end leaves one more cell, an empty one.
      if (cell.lastIndex === content.length) cells.push("");
      else continue;
    }
    if (cells.length > 1 || cells[0] !== "") lines.push(cells);
    cells = [];
  }
  return lines;
}
