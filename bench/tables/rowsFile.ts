import { readFile } from "node:fs/promises";
import path from "node:path";
import { OpnasError } from "@opnas/core";
import { z } from "zod";
import { item } from "../common/items.ts";
import { parseCsv } from "./csv.ts";
import { slotTable } from "./slotSpace.ts";
import type { Table } from "./table.ts";

const option = z.union([z.string(), z.number(), z.boolean()], {
  error: "it must be a text, a number, true or false",
});
const rowsSchema = z
  .array(z.record(z.string(), option, { error: "it must be an object" }), {
    error: "it must be an array with an object for each row",
  })
  .min(1, "it has no rows");

/**
 * Reads a table of recorded scores from a CSV file with a header, or from a JSON file with an array of
 * objects. The score is what is named "score", or else the last column; all others are slots. Where
 * all values of a slot are numbers, and three or more, they have an order.
 *
 * @param lowest whether lower values are better: then scores are the negatives of what is recorded
 * @param unordered columns whose numbers are names, without an order
 * @throws OpnasError NOT_FOUND if there is no such file; BAD_INPUT for one that cannot be read, or
 *   with content of another form
 */
export async function readRows(
  file: string,
  lowest: boolean,
  unordered: readonly string[] = [],
): Promise<Table> {
  const content = await readFile(file, "utf8").catch((cause: unknown) => {
    const isAbsent = cause instanceof Error && "code" in cause && cause.code === "ENOENT";
    if (isAbsent) throw new OpnasError("NOT_FOUND", `There is no file ${file}.`);
    throw new OpnasError("BAD_INPUT", `${file} cannot be read: ${reasonOf(cause)}`, { cause });
  });
  try {
    return tableOf(path.basename(file), rowsOf(file, content), lowest, unordered);
  } catch (cause) {
    const isExpected =
      cause instanceof RangeError || cause instanceof SyntaxError || cause instanceof z.ZodError;
    if (!isExpected) throw cause;
    throw new OpnasError("BAD_INPUT", `${file} is no table: ${reasonOf(cause)}`);
  }
}

type Rows = z.output<typeof rowsSchema>;

function rowsOf(file: string, content: string): Rows {
  const ending = path.extname(file).toLowerCase();
  if (ending === ".csv") return rowsSchema.parse(parseCsv(content));
  if (ending === ".json") return rowsSchema.parse(JSON.parse(content));
  throw new RangeError("its name must end in .csv or .json.");
}

function tableOf(name: string, rows: Rows, lowest: boolean, unordered: readonly string[]): Table {
  const names = Object.keys(item(rows, 0));
  const score = names.includes("score") ? "score" : item(names, -1);
  const slots = names.filter((column) => column !== score);
  if (slots.length === 0) throw new RangeError("it has no column but the score.");
  const strange = unordered.filter((column) => !slots.includes(column));
  if (strange.length > 0) {
    throw new RangeError(`it has no slot ${strange.join(", ")}, only ${slots.join(", ")}.`);
  }
  for (const [index, row] of rows.entries()) {
    if (Object.keys(row).length !== names.length || names.some((column) => !(column in row))) {
      throw new RangeError(`row ${index + 1} has other columns than row 1.`);
    }
  }
  const ordered = new Set(
    slots.filter((slot) => !unordered.includes(slot) && areNumbers(rows.map((row) => row[slot]))),
  );
  const recordedRows = rows.map((row, index) => {
    const value = row[score];
    if (!isNumber(value)) {
      throw new RangeError(`the ${score} of row ${index + 1} is "${String(value)}", not a number.`);
    }
    const options = slots.map((slot) => {
      const own = item([row[slot]], 0);
      return String(ordered.has(slot) ? Number(own) : own);
    });
    return { options, score: lowest ? -Number(value) : Number(value) };
  });
  return slotTable(name, name, slots, recordedRows, ordered);
}

/** Returns true for three or more different numbers; of two an order says nothing. */
function areNumbers(values: readonly unknown[]): boolean {
  return values.every(isNumber) && new Set(values.map(Number)).size >= 3;
}

function isNumber(value: unknown): boolean {
  if (typeof value === "string") return value.trim() !== "" && Number.isFinite(Number(value));
  return typeof value === "number";
}

function reasonOf(error: unknown): string {
  if (error instanceof z.ZodError) {
    const { path: place, message } = item(error.issues, 0);
    const [row, column] = place;
    const where = [
      typeof row === "number" ? `row ${row + 1}` : "",
      column === undefined ? "" : `column ${String(column)}`,
    ].filter((part) => part !== "");
    return `${where.length > 0 ? `${where.join(", ")}: ` : ""}${message}.`;
  }
  const message = error instanceof Error ? error.message : String(error);
  return message.endsWith(".") ? message : `${message}.`;
}
