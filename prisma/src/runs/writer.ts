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
import { type OpenCandidate, openCandidates } from "./openWork.js";

/** The most claims or results that share a transaction: the run's lock is held meanwhile. */
const mostAtOnce = 64;

/** Milliseconds for which a first read or claim waits for others: jobs that were taken together begin together. */
const claimMilliseconds = 5;

/**
 * Milliseconds, for each slot beside a first one and at most, for which a first result waits for others.
 * What is stored together then goes on together: its jobs end, and the next are taken, read and claimed.
 */
const [resultMillisecondsASlot, mostResultMilliseconds] = [8, 100];

/**
 * Reads and claims the work and stores the results of a worker's slots. Those that come while an earlier one of
 * the same run is under way share the next statement: many slots begin and end side by side, and each
 * would wait for the lock of the run's row with a connection of its own (decision 0041).
 */
export class RunWriter {
  private readonly candidates: Gathered<string, OpenCandidate | null>;
  private readonly claims: Gathered<WantedWork, ClaimedWork | null>;
  private readonly results: Gathered<ClaimedEvaluation, ResultOutcome>;

  constructor(
    private readonly db: Database,
    private readonly queue: Queue,
    /** Slots of the worker. */
    slots = 1,
  ) {
    this.candidates = new Gathered(
      mostAtOnce,
      (_runId, ids) => openCandidates(db, ids),
      claimMilliseconds,
    );
    this.claims = new Gathered(
      mostAtOnce,
      (runId, wanted) => claimWorks(db, runId, wanted),
      claimMilliseconds,
    );
    this.results = new Gathered(
      mostAtOnce,
      (runId, found) => storeResults(db, runId, found),
      Math.min(mostResultMilliseconds, (slots - 1) * resultMillisecondsASlot),
    );
  }

  /** Reads a candidate or reference that is to be evaluated, as `openCandidates` does. */
  openCandidate(runId: string, architectureId: string): Promise<OpenCandidate | null> {
    return this.candidates.call(runId, architectureId);
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
