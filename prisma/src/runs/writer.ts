import type { Database } from "../client.js";
import type { Queue } from "../queue.js";
import { type ClaimedWork, claimWorks, type WantedWork, type WorkClaim } from "./claim.js";
import {
  type ClaimedEvaluation,
  followResult,
  type FoundEvaluation,
  type ResultOutcome,
  storeResults,
} from "./evaluation.js";
import { Gathered } from "./gathered.js";

/** The most claims or results that share a transaction: the run's lock is held meanwhile. */
const mostAtOnce = 16;

/**
 * Claims the work and stores the results of a worker's slots. Those that come while an earlier one of
 * the same run is under way share the next statement: many slots begin and end side by side, and each
 * would wait for the lock of the run's row with a connection of its own (decision 0041).
 */
export class RunWriter {
  private readonly claims: Gathered<WantedWork, ClaimedWork | null>;
  private readonly results: Gathered<ClaimedEvaluation, ResultOutcome>;

  constructor(
    private readonly db: Database,
    private readonly queue: Queue,
  ) {
    this.claims = new Gathered(mostAtOnce, (runId, wanted) => claimWorks(db, runId, wanted));
    this.results = new Gathered(mostAtOnce, (runId, found) =>
      storeResults(db, runId, found, false),
    );
  }

  /**
   * Claims work as `claimWork` does.
   * @returns null when the run is paused, has ended or does not exist
   */
  claim(wanted: WantedWork): Promise<ClaimedWork | null> {
    return this.claims.call(wanted.runId, wanted);
  }

  /**
   * Stores a result as `recordEvaluation` does.
   * @throws OpnasError `ATTEMPT_REPLACED`, `STOPPED`
   */
  async record(claim: WorkClaim, found: FoundEvaluation): Promise<void> {
    const evaluation = { ...found, claim };
    const outcome = await this.results.call(claim.runId, evaluation);
    await followResult(this.db, this.queue, evaluation, outcome);
  }
}
