import type { ArchitectureRow } from "../architecture/row.js";
import type { RowCount } from "../pagination/keyset.js";

/** A change of the rows of a leaderboard; one object for all of its readers. */
export interface Change {
  upserts: ArchitectureRow[];
  removed: string[];
  /** Counts the rows after the change, once for all readers; called only where a reader asks for it. */
  count: () => Promise<RowCount>;
}
