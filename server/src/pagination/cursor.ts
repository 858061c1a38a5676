import { z } from "zod";
import { InputError } from "../input.js";

/** A row's place in an ordered list: its value in the column sorted by, and its id for ties. */
export interface Position {
  value: number | Date | null;
  id: string;
}

const cursorSchema = z.tuple([
  z.string(),
  z.union([z.number(), z.iso.datetime(), z.null()]),
  z.uuid(),
]);

/** An opaque cursor. It carries the column, so that a cursor of another order is refused. */
export function encodeCursor(column: string, { value, id }: Position): string {
  return Buffer.from(JSON.stringify([column, value, id])).toString("base64url");
}

/** @throws InputError when the cursor was not given by a list in this order */
export function decodeCursor(column: string, cursor: string): Position {
  const parsed = cursorSchema.safeParse(parseJson(cursor));
  if (!parsed.success || parsed.data[0] !== column) {
    throw new InputError({
      path: ["after"],
      message:
        "after is not a cursor of this list. Use an endCursor that the same query gave, with the same orderBy.",
    });
  }
  const [, value, id] = parsed.data;
  return { value: typeof value === "string" ? new Date(value) : value, id };
}

function parseJson(cursor: string): unknown {
  try {
    return JSON.parse(Buffer.from(cursor, "base64url").toString("utf8"));
  } catch {
    return undefined;
  }
}
