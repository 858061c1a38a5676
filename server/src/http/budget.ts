import { OpnasError } from "@opnas/core";
import { maxRowsPerOperation } from "./limits.js";

/**
 * Bounds the rows that one operation loads. The cost of an operation is estimated with the usual lengths
 * of lists (cost.ts); where the stored lists are far longer, as nested lineages can be, this ends it.
 */
export class RowBudget {
  private left = maxRowsPerOperation;

  /** @throws OpnasError `TOO_LARGE` once the rows of the operation are too many */
  spend(rows: number): void {
    this.left -= rows;
    if (this.left >= 0) return;
    const message = `The operation reads more than ${maxRowsPerOperation} rows: ask for less of its lists at once.`;
    throw new OpnasError("TOO_LARGE", message);
  }

  /** Begins anew, for the next message of a subscription. */
  renew(): void {
    this.left = maxRowsPerOperation;
  }
}
