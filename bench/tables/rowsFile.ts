import { readFile } from "node:fs/promises";
import path from "node:path";
import { z } from "zod";
import { item } from "../common/items.ts";
import { parseCsv } from "./csv.ts";
import { slotTable } from "./slotSpace.ts";
import type { Table } from "./table.ts";

const option = z.union([z.string(), z.number(), z.boolean()]).transform(String);
const rowSchema = z.record(z.string(), option);
const rowsSchema = z.array(rowSchema).min(1, "it has no rows");

const scoreSchema = z
  .string()
  .trim()
  .min(1)
  .transform(Number)
  .pipe(z.number({ error: "a score is not a number" }));

/**
 * Reads a table of recorded scores from a CSV file with a header, or from a JSON file with an array of
 * objects. The score is what is named "score", or else the last column; all others are slots.
 *
 * @param lowest whether lower values are better: then scores are the negatives of what is recorded
 * @throws ZodError, SyntaxError or RangeError for content of another form
 */
export async function readRows(file: string, lowest: boolean): Promise<Table> {
  const content = await readFile(file, "utf8");
  const isCsv = path.extname(file).toLowerCase() === ".csv";
  const rows = rowsSchema.parse(isCsv ? parseCsv(content) : JSON.parse(content));
  const names = Object.keys(item(rows, 0));
  const score = names.includes("score") ? "score" : item(names, -1);
  const slots = names.filter((name) => name !== score);
  if (slots.length === 0) throw new RangeError(`${file} has no column but the score.`);
  const recordedRows = rows.map((row, index) => {
    if (Object.keys(row).length !== names.length || names.some((name) => !(name in row))) {
      throw new RangeError(`${file}: row ${index + 1} has other columns than row 1.`);
    }
    const value = scoreSchema.parse(row[score]);
    return { options: slots.map((slot) => item([row[slot]], 0)), score: lowest ? -value : value };
  });
  return slotTable(path.basename(file), path.basename(file), slots, recordedRows);
}
