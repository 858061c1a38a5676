import { InputError } from "../input.js";
import { decodeCursor, type Position } from "./cursor.js";
import { defaultPageSize, type PageRequest, pageSize } from "./list.js";

/** A range of a list: so many rows behind a position, or before it. */
export interface Range {
  size: number;
  /** True if rows are read from the end, or from the position, towards the beginning. */
  isBackward: boolean;
  /** The row beside the range; null for the beginning or, backwards, for the end of the list. */
  position: Position | null;
}

/**
 * Returns the range that a request asks for. Beside `last` the value of `first` is the schema's, and means
 * nothing: one of the request is refused before (pagination/oneDirection.ts).
 * @throws InputError for a size out of range, a foreign cursor, and arguments that do not go together
 */
export function rangeOf({ column, first, after, last, before }: PageRequest): Range {
  const decoded = (cursor: string | null | undefined, argument: "after" | "before") =>
    cursor == null ? null : decodeCursor(column.name, column.type, cursor, argument);
  if (last == null) {
    if (before != null) throw unfit("before", "it goes together with last, not with first");
    const size = pageSize(first, defaultPageSize);
    return { size, isBackward: false, position: decoded(after, "after") };
  }
  if (after != null) throw unfit("after", "it goes together with first, not with last");
  const size = pageSize(last, defaultPageSize, "last");
  return { size, isBackward: true, position: decoded(before, "before") };
}

function unfit(argument: string, reason: string): InputError {
  return new InputError({
    path: [argument],
    message: `${argument} cannot be used: ${reason}.`,
  });
}
