import type { Database } from "../client.js";
import type { Queue } from "../queue.js";
import { type BegunCandidate, beginCandidates, type WantedCandidate } from "./begin.js";
import type { WorkClaim } from "./claim.js";
import {
  type ClaimedEvaluation,
  followResult,
  type FoundEvaluation,
  type ResultOutcome,
  storeResults,
} from "./evaluation.js";
import { Gathered } from "./gathered.js";

/** The most candidates or results that share a transaction: the run's lock is held meanwhile. */
const mostAtOnce = 64;

/** Milliseconds for which a first candidate waits for others: jobs that were taken together begin together. */
const beginMilliseconds = 5;

/**
 * Milliseconds, for each slot beside a first one and at most, for which a first result waits for others.
 * What is stored together then goes on together: its jobs end, and the next are taken and begun.
 */
const [resultMillisecondsASlot, mostResultMilliseconds] = [8, 100];

/**
 * Begins the candidates and stores the results of a worker's slots. Those that come while an earlier one of
 * the same run is under way share the next statement: many slots begin and end side by side, and each
 * would wait for the lock of the run's row with a connection of its own (decision 0041).
 */
export class RunWriter {
  private readonly begun: Gathered<WantedCandidate, BegunCandidate | null>;
  private readonly results: Gathered<ClaimedEvaluation, ResultOutcome>;

  constructor(
    private readonly db: Database,
    private readonly queue: Queue,
    /** Slots of the worker. */
    slots = 1,
  ) {
    this.begun = new Gathered(
      mostAtOnce,
      (runId, wanted) => beginCandidates(db, runId, wanted),
      beginMilliseconds,
    );
    this.results = new Gathered(
      mostAtOnce,
      (runId, found) => storeResults(db, runId, found),
      Math.min(mostResultMilliseconds, (slots - 1) * resultMillisecondsASlot),
    );
  }

  /**
   * Begins the evaluation of a candidate or reference as `beginCandidates` does.
   * @returns null when it has not begun
   */
  begin(runId: string, wanted: WantedCandidate): Promise<BegunCandidate | null> {
    return this.begun.call(runId, wanted);
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
