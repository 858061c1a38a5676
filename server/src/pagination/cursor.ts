import { whenValid } from "@opnas/core";
import { z } from "zod";
import { InputError } from "../input.js";

/** The position of a row in an ordered list: its value in the sort column, and its id for ties. */
export interface Position {
  value: number | Date | null;
  id: string;
}

/** The type of a column's values in Postgres. */
export type ColumnType = "float8" | "timestamptz";

/** The longest cursor that `encodeCursor` makes has about 120 characters. */
const maxCursorLength = 300;

/** A date from 1970 on: Postgres has no year 0, and no row is older. */
const date = z.iso
  .datetime()
  .transform((text) => new Date(text))
  .refine((time) => time.getTime() >= 0, { when: whenValid });

const cursorSchemas = {
  float8: z.tuple([z.string(), z.number().nullable(), z.uuid()]),
  timestamptz: z.tuple([z.string(), date.nullable(), z.uuid()]),
};

/** Returns an opaque cursor. It carries the column, so that a cursor of another order is refused. */
export function encodeCursor(column: string, { value, id }: Position): string {
  return Buffer.from(JSON.stringify([column, value, id])).toString("base64url");
}

/**
 * Returns the position that a cursor stands for.
 * @param argument the argument that has it
 * @throws InputError when the cursor does not come from a list in this order
 */
export function decodeCursor(
  column: string,
  type: ColumnType,
  cursor: string,
  argument: "after" | "before",
): Position {
  const json = cursor.length > maxCursorLength ? undefined : parseJson(cursor);
  const parsed = cursorSchemas[type].safeParse(json);
  if (!parsed.success || parsed.data[0] !== column) {
    throw new InputError({
      path: [argument],
      message: `${argument} is not a cursor of this list. Use ${argument === "after" ? "an endCursor" : "a startCursor"} that the same query gave, with the same orderBy.`,
    });
  }
  const [, value, id] = parsed.data;
  return { value, id };
}

function parseJson(cursor: string): unknown {
  try {
    return JSON.parse(Buffer.from(cursor, "base64url").toString("utf8"));
  } catch {
    return undefined;
  }
}
