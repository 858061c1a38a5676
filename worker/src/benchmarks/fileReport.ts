import { OpnasError } from "@opnas/core";

/** Why rows of a file are not as they should be, how many, and where the first of them stand. */
export interface Malformed {
  /** And, where such rows are not left out, what is done with them. */
  reason: string;
  count: number;
  /** Line numbers from 1 (TSV) or ids of questions (JSON): the first few. */
  first: (number | string)[];
}

/** What was found in one file of a benchmark. */
export interface FileReport {
  file: string;
  /** Rows or questions there, and how many of them are as they should be. */
  rows: number;
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

  sound(): void {
    this.soundRows++;
  }

  malformed(reason: string, place: number | string): void {
    const known = this.reasons.get(reason) ?? { reason, count: 0, first: [] };
    known.count++;
    if (known.first.length < firstShown) known.first.push(place);
    this.reasons.set(reason, known);
  }

  /**
   * @throws OpnasError BAD_INPUT if nothing is sound, or less than half of it: then it is another
   *   kind of file, or a damaged one
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
