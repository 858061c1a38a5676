import { OpnasError } from "@opnas/core";

/** The most characters of an unknown id that the error repeats. */
const maxIdLength = 100;

/**
 * Returns the error for a row that does not exist.
 * @param what the kind of row, such as `run` or `training`
 */
export function notFound(what: string, id: string): OpnasError {
  return new OpnasError("NOT_FOUND", `There is no ${what} ${id.slice(0, maxIdLength)}.`);
}
