import type { FilterField } from "./queries";

const most = 8;

/** A completion of a filter's text at the cursor. */
export interface Suggestion {
  /** The text that it is offered by. */
  label: string;
  /** A few words about it. */
  note: string;
  /** The whole text once it is taken, and the place of the cursor then. */
  text: string;
  caret: number;
}

/** A comparison, or the begin of a list, with the field before it and the begin of a value behind it. */
const beforeValue = /([\w.]+)\s*(?:!?=|<=?|>=?|!?~|\b(?:not\s+)?in\s*\((?:[^()]*,)?)\s*([\w.-]*)$/i;
const word = /[\w.]+$/;

/**
 * Returns what could stand at the cursor: the known values of a field behind its comparison, else the
 * fields whose names have what is typed. Nothing within quotes.
 */
export function suggestions(
  text: string,
  caret: number,
  fields: readonly FilterField[],
): Suggestion[] {
  const before = text.slice(0, caret);
  if (isQuoted(before)) return [];
  const insert = (typed: string, value: string) => {
    const start = before.length - typed.length;
    return {
      text: `${text.slice(0, start)}${value}${text.slice(caret)}`,
      caret: start + value.length,
    };
  };
  const [, name = "", begun = ""] = beforeValue.exec(before) ?? [];
  if (name !== "") {
    const field = fields.find((each) => isNamed(each, name));
    const values = field?.choices.filter((value) => isBegunBy(value, begun)) ?? [];
    return values
      .slice(0, most)
      .map((value) => ({ label: value, note: "", ...insert(begun, value) }));
  }
  const [typed = ""] = word.exec(before) ?? [];
  if (typed === "") return [];
  const gap = text.charAt(caret) === " " ? "" : " ";
  return fields
    .filter((field) => isPart(field.name, typed))
    .sort((one, other) => rank(one, typed) - rank(other, typed))
    .slice(0, most)
    .map((field) => ({
      label: field.name,
      note: field.values,
      ...insert(typed, field.name + gap),
    }));
}

/** Orders names that begin with what is typed before those that only have it. */
function rank({ name }: FilterField, typed: string): number {
  return isBegunBy(name, typed) ? 0 : 1;
}

/** Reports whether a value begins with what was typed, but has more than that. */
function isBegunBy(value: string, begun: string): boolean {
  return value.toLowerCase().startsWith(begun.toLowerCase()) && value.length > begun.length;
}

/** Reports whether a name has what was typed, but more than that. */
function isPart(name: string, typed: string): boolean {
  return name.toLowerCase().includes(typed.toLowerCase()) && name.length > typed.length;
}

function isNamed({ name, aliases }: FilterField, given: string): boolean {
  return [name, ...aliases].some((each) => each.toLowerCase() === given.toLowerCase());
}

/** Reports whether a text ends within quotes. */
function isQuoted(text: string): boolean {
  let quote: string | null = null;
  for (let at = 0; at < text.length; at++) {
    const character = text.charAt(at);
    if (quote !== null && character === "\\") at++;
    else if (quote === null && /["']/.test(character)) quote = character;
    else if (character === quote) quote = null;
  }
  return quote !== null;
}
