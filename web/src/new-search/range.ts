import { exact } from "@/format/number";

/** The numbers that a setting may have. */
export interface Range {
  /** The type of its value, as the API names it. */
  type: string;
  minimum: number | null;
  maximum: number | null;
}

/** Writes a range as the end of a sentence: " from 2 to 10,000"; empty if any number will do. */
export function rangeText({ minimum, maximum }: Range): string {
  if (minimum !== null && maximum !== null) return ` from ${exact(minimum)} to ${exact(maximum)}`;
  if (minimum !== null) return ` of at least ${exact(minimum)}`;
  return maximum === null ? "" : ` of at most ${exact(maximum)}`;
}

/** Returns what to enter in place of a value that the setting cannot have; undefined if it can. */
export function rangeFault(value: number | undefined, range: Range): string | undefined {
  const { type, minimum, maximum } = range;
  const fits =
    value !== undefined &&
    (type !== "integer" || Number.isInteger(value)) &&
    value >= (minimum ?? -Infinity) &&
    value <= (maximum ?? Infinity);
  if (fits) return undefined;
  return `Enter a ${type === "integer" ? "whole number" : "number"}${rangeText(range)}.`;
}
