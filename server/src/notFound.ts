import { OpnasError } from "@opnas/core";

/** Longest part of an id that is repeated to whoever sent it. */
const shown = 100;

/** @param what `run`, `training` … */
export function notFound(what: string, id: string): OpnasError {
  return new OpnasError("NOT_FOUND", `There is no ${what} ${id.slice(0, shown)}.`);
}
