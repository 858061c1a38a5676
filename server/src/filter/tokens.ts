import { FilterError } from "./error.js";

/** The most characters of a filter's text. */
export const maxFilterLength = 2_000;

/** A part of a filter's text. */
export interface Token {
  kind: "word" | "text" | "symbol" | "end";
  /** A word or symbol as it is written; the content of a quoted text, without its quotes. */
  value: string;
  position: number;
  length: number;
}

const patterns: readonly [Token["kind"] | "space", RegExp][] = [
  ["space", /\s+/y],
  ["text", /"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'/sy],
  ["symbol", /!=|!~|<=|>=|==|[=<>~(),]/y],
  ["word", /[^\s"'=<>~!(),]+/y],
];

/**
 * Splits the text of a filter into words, quoted texts and symbols, with an end.
 * @param path of the argument, for errors
 * @throws FilterError for a text that is too long, for a quote that is not closed, and for characters that
 * Postgres cannot store
 */
export function tokensOf(text: string, path: readonly string[]): Token[] {
  if (text.length > maxFilterLength) {
    const reason = `it is longer than ${maxFilterLength} characters`;
    throw new FilterError(path, reason, faultAt(maxFilterLength, text.length - maxFilterLength));
  }
  const tokens: Token[] = [];
  for (let position = 0; position < text.length;) {
    const found = tokenAt(text, position);
    if (found === null) throw unreadable(text, position, path);
    const { kind, written } = found;
    if (kind !== "space") {
      const value = kind === "text" ? unquoted(written) : written;
      if (value.includes("\0") || !value.isWellFormed()) {
        const reason = "there is a character that cannot be stored";
        throw new FilterError(path, reason, faultAt(position, written.length));
      }
      tokens.push({ kind, value, position, length: written.length });
    }
    position += written.length;
  }
  return [...tokens, { kind: "end", value: "", position: text.length, length: 0 }];
}

function tokenAt(text: string, position: number) {
  for (const [kind, pattern] of patterns) {
    pattern.lastIndex = position;
    const written = pattern.exec(text)?.[0];
    if (written !== undefined) return { kind, written };
  }
  return null;
}

function unquoted(written: string): string {
  return written.slice(1, -1).replaceAll(/\\(.)/gs, "$1");
}

function unreadable(text: string, position: number, path: readonly string[]): FilterError {
  const character = text.charAt(position);
  if (character === "!") {
    const reason = "! is no comparison: write != or not";
    return new FilterError(path, reason, faultAt(position, 1, ["!=", "!~", "not"]));
  }
  const reason = `the text that begins with ${character} has no end`;
  const length = text.length - position;
  return new FilterError(path, reason, faultAt(position, length, [character]));
}

function faultAt(position: number, length: number, expected: readonly string[] = []) {
  return { position, length, expected, nearest: [] };
}
