import { readFile } from "node:fs/promises";
import { OpnasError } from "@opnas/core";

/**
 * Reads a text file without its byte order mark.
 * @throws OpnasError BAD_INPUT if it cannot be read
 */
export async function readText(file: string): Promise<string> {
  const text = await readIfThere(file);
  if (text === undefined) throw new OpnasError("BAD_INPUT", `There is no file ${file}.`);
  return text;
}

/**
 * Reads a text file without its byte order mark; undefined if there is no such file.
 * @throws OpnasError BAD_INPUT if it cannot be read
 */
export async function readIfThere(file: string): Promise<string | undefined> {
  try {
    return (await readFile(file, "utf8")).replace(/^\uFEFF/, "");
  } catch (error) {
    if (!(error instanceof Error && "code" in error)) throw error;
    if (error.code === "ENOENT") return undefined;
    throw new OpnasError("BAD_INPUT", `${file} cannot be read: ${error.message}.`, {
      cause: error,
    });
  }
}

/** Tells a text of which some bytes were no UTF-8: decoding leaves a sign in their place. */
export function isBroken(text: string): boolean {
  return text.includes("\uFFFD");
}

/** Rows of a file that are malformed for one reason. */
export interface Malformed {
  /** The reason and, if such rows are not left out, the way they are treated. */
  reason: string;
  count: number;
  /** Line numbers from 1 (TSV) or ids of questions (JSON): the first few. */
  first: (number | string)[];
}

/** The counts of sound and malformed rows of one file of a benchmark. */
export interface FileReport {
  file: string;
  /** All rows or questions of the file. */
  rows: number;
  /** Rows or questions that are well-formed. */
  sound: number;
  malformed: Malformed[];
}

const firstShown = 5;
const largestShare = 1 / 2;

/** Counts the rows of a file while it is read. */
export class RowCounter {
  private soundRows = 0;
  private readonly reasons = new Map<string, Malformed>();

  constructor(private readonly file: string) {}

  /** Counts a well-formed row. */
  sound(): void {
    this.soundRows++;
  }

  /** Counts a malformed row; `place` is a line number from 1 or a question's id. */
  malformed(reason: string, place: number | string): void {
    const known = this.reasons.get(reason) ?? { reason, count: 0, first: [] };
    known.count++;
    if (known.first.length < firstShown) known.first.push(place);
    this.reasons.set(reason, known);
  }

  /**
   * Returns the counts.
   * @throws OpnasError BAD_INPUT if less than half of the rows are sound, or none: the file is
   *   damaged or of another kind
   */
  report(): FileReport {
    const malformed = [...this.reasons.values()];
    const lost = malformed.reduce((sum, { count }) => sum + count, 0);
    const rows = this.soundRows + lost;
    if (this.soundRows === 0 || lost > largestShare * rows) {
      const [why] = malformed.toSorted((a, b) => b.count - a.count);
      const detail = why ? `: ${why.reason}, first at ${why.first.join(", ")}` : "";
      throw new OpnasError(
        "BAD_INPUT",
        `${this.file} cannot be used: ${lost} of its ${rows} rows are malformed${detail}.`,
      );
    }
    return { file: this.file, rows, sound: this.soundRows, malformed };
  }
}
