import { InvalidArgumentError } from "commander";

/** Parses the number of rows of a list, 1–100. @throws InvalidArgumentError for anything else */
export function pageSize(text: string): number {
  const size = Number(text);
  if (Number.isInteger(size) && size >= 1 && size <= 100) return size;
  throw new InvalidArgumentError("It must be a number from 1 to 100.");
}

/**
 * Parses a whole number from 0 to 2^31 − 1, the most that the API takes as a seed or an event's number.
 *
 * @throws InvalidArgumentError for anything else
 */
export function wholeNumber(text: string): number {
  if (/^\d{1,10}$/.test(text) && Number(text) < 2 ** 31) return Number(text);
  throw new InvalidArgumentError("It must be a whole number from 0 to 2147483647.");
}

/** Parses a whole number from 1. @throws InvalidArgumentError for anything else */
export function positiveNumber(text: string): number {
  if (!/^[1-9]\d{0,8}$/.test(text)) {
    throw new InvalidArgumentError("It must be a whole number from 1.");
  }
  return Number(text);
}

/**
 * Parses a number above 0 such as 2e7 and gives it as JSON writes it.
 *
 * @throws InvalidArgumentError for anything else
 */
export function amount(text: string): string {
  const value = Number(text);
  if (Number.isFinite(value) && value > 0) return String(value);
  throw new InvalidArgumentError("It must be a number above 0.");
}

/** Appends the value of an option that may be given several times. */
export function collect(value: string, before: string[] | undefined): string[] {
  return [...(before ?? []), value];
}

/**
 * Writes a name as the assignment that `--set` would take; none where there is no name. The name is
 * quoted, so that one of digits stays a name.
 */
export function assigned(path: string, name: string | undefined): string[] {
  return name === undefined ? [] : [`${path}=${JSON.stringify(name)}`];
}
