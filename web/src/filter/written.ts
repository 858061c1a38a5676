import type { RunStatus, RunVisibility } from "@/generated/graphql";

/** The words of the filter language that are no fields. */
export const keywords = ["and", "or", "not", "in"] as const;

/** The parts of a name of which a filter's text may consist, without comparisons and quotes. */
const words = /[\w.-]+/g;

/**
 * Reports whether a text is meant as a filter of docs/filter-language.md. It is if it has a
 * comparison, quotes or parentheses, or if all of its words are fields and keywords, as in
 * `stable and not reference`. Any other text is looked for in names.
 *
 * @param names of the fields and their aliases
 */
export function isFilter(text: string, names: ReadonlySet<string>): boolean {
  if (/[=<>~"'()]/.test(text)) return true;
  const given = text.match(words) ?? [];
  const isKeyword = (word: string) => keywords.some((each) => each === word.toLowerCase());
  return (
    given.length > 0 && given.every((word) => isKeyword(word) || names.has(word.toLowerCase()))
  );
}

/** Writes a text as a value of the language, in quotes. */
export function quoted(text: string): string {
  return `"${text.replaceAll(/[\\"]/g, "\\$&")}"`;
}

/** The conditions of a leaderboard, or of a list of runs, as its controls have them. */
export interface Conditions {
  /** A text that is looked for in names. */
  search?: string | null | undefined;
  query?: string | null | undefined;
  preset?: string | null | undefined;
  runId?: string | number | null | undefined;
  references?: boolean | null | undefined;
  status?: readonly RunStatus[] | null | undefined;
  visibility?: readonly RunVisibility[] | null | undefined;
}

/** The filters that put a run into a list of theirs; one that names neither is of the runs listed. */
const placeFilters: Record<RunVisibility, readonly string[]> = {
  CURRENT: [],
  ARCHIVED: ["archived"],
  DELETED: ["deleted"],
};

/** Writes all conditions of a list as one filter; empty for none. */
export function asFilter(conditions: Conditions): string {
  const { search, query, preset, runId, references, status, visibility } = conditions;
  const parts = [
    ...(search ? [quoted(search)] : []),
    ...(preset ? [`preset = ${quoted(preset)}`] : []),
    ...(runId ? [`run = ${runId}`] : []),
    ...(references == null ? [] : [references ? "reference" : "not reference"]),
    ...(status ?? []).map((name) => `status = ${name.toLowerCase()}`),
    ...(visibility ?? []).flatMap((place) => placeFilters[place]),
  ];
  if (!query) return parts.join(" and ");
  const isJoined = parts.length > 0 && /\bor\b/i.test(query);
  return [...parts, isJoined ? `(${query})` : query].join(" and ");
}
