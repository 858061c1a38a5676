import { OpnasError } from "@opnas/core";

/** Why rows of a file were left out, how many, and where the first of them stand. */
export interface LeftOut {
  reason: string;
  count: number;
  /** Line numbers from 1 (TSV) or ids of questions (JSON): the first few. */
  first: (number | string)[];
}

/** What was found in one file of a benchmark. */
export interface FileReport {
  file: string;
  /** Rows or questions there, and how many of them are used. */
  rows: number;
  used: number;
  leftOut: LeftOut[];
}

const firstShown = 5;
const largestShare = 1 / 2;

/** Counts the rows of a file while it is read. */
export class RowCounter {
  #used = 0;
  readonly #leftOut = new Map<string, LeftOut>();

  constructor(private readonly file: string) {}

  use(): void {
    this.#used++;
  }

  leaveOut(reason: string, place: number | string): void {
    const known = this.#leftOut.get(reason) ?? { reason, count: 0, first: [] };
    known.count++;
    if (known.first.length < firstShown) known.first.push(place);
    this.#leftOut.set(reason, known);
  }

  /**
   * @throws OpnasError BAD_INPUT if nothing can be used, or more than half of it cannot: then it is
   *   another kind of file, or a damaged one
   */
  report(): FileReport {
    const leftOut = [...this.#leftOut.values()];
    const lost = leftOut.reduce((sum, { count }) => sum + count, 0);
    const rows = this.#used + lost;
    if (this.#used === 0 || lost > largestShare * rows) {
      const [why] = leftOut.sort((a, b) => b.count - a.count);
      const detail = why ? `: ${why.reason}, first at ${why.first.join(", ")}` : "";
      throw new OpnasError(
        "BAD_INPUT",
        `${this.file} cannot be used: ${lost} of its ${rows} rows are malformed${detail}.`,
      );
    }
    return { file: this.file, rows, used: this.#used, leftOut };
  }
}
