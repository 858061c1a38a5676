import { OpnasError } from "@opnas/core";
import type { Database, Transaction } from "../client.js";
import { databaseTime } from "../clock.js";
import type { CandidateResult } from "../contracts/candidateResult.js";
import type { Reproduction } from "../generated/client.js";
import { changeReproduction, lockReproduction } from "./row.js";

/**
 * The right to write the result of one reproduction (fencing, decision 0004): only the newest attempt
 * may write.
 */
export interface ReproductionClaim {
  reproductionId: string;
  attempt: number;
}

/**
 * Claims a reproduction that is queued or running, for an engine (`describeEngine` of the worker).
 * @returns null when it has ended, so that there is nothing to do
 * @throws Prisma's P2025 when there is no such reproduction
 */
export async function claimReproduction(
  db: Database,
  reproductionId: string,
  engine: string,
): Promise<ReproductionClaim | null> {
  return db.$transaction(async (tx) => {
    const { status, startedAt } = await lockReproduction(tx, reproductionId);
    if (status !== "QUEUED" && status !== "RUNNING") return null;
    const { attempt } = await changeReproduction(tx, reproductionId, {
      status: "RUNNING",
      attempt: { increment: 1 },
      engine,
      waitingReason: null,
      startedAt: startedAt ?? (await databaseTime(tx)),
    });
    return { reproductionId, attempt };
  });
}

/** Returns true while a claim's reproduction runs and no newer attempt exists; locks nothing. */
export async function isReproductionWanted(
  db: Database,
  { reproductionId, attempt }: ReproductionClaim,
): Promise<boolean> {
  const found = await db.reproduction.findUnique({ where: { id: reproductionId } });
  return found?.attempt === attempt && found.status === "RUNNING";
}

/**
 * Stores what came out of a reproduction, which is done then.
 * @throws OpnasError `ATTEMPT_REPLACED`, `STOPPED`
 */
export async function finishReproduction(
  db: Database,
  claim: ReproductionClaim,
  result: CandidateResult,
): Promise<void> {
  await writeUnderReproductionClaim(db, claim, async (tx) => {
    const finishedAt = await databaseTime(tx);
    await changeReproduction(tx, claim.reproductionId, { status: "DONE", result, finishedAt });
  });
}

/**
 * Runs `write` in a transaction with the reproduction's row locked, for the holder of `claim`.
 * @throws OpnasError `ATTEMPT_REPLACED` when a newer attempt exists, `STOPPED` when it has ended or its
 * rows were removed; `write` was not called then
 */
export async function writeUnderReproductionClaim<T>(
  db: Database,
  { reproductionId, attempt }: ReproductionClaim,
  write: (tx: Transaction, reproduction: Reproduction) => Promise<T>,
): Promise<T> {
  return db.$transaction(async (tx) => {
    const isThere = (await tx.reproduction.count({ where: { id: reproductionId } })) > 0;
    if (!isThere) throw new OpnasError("STOPPED", `Reproduction ${reproductionId} is gone.`);
    const reproduction = await lockReproduction(tx, reproductionId);
    if (reproduction.attempt !== attempt) {
      const message = `Attempt ${attempt} of reproduction ${reproductionId} was replaced by attempt ${reproduction.attempt}.`;
      throw new OpnasError("ATTEMPT_REPLACED", message);
    }
    if (reproduction.status !== "RUNNING") {
      const message = `Reproduction ${reproductionId} is ${reproduction.status.toLowerCase()}.`;
      throw new OpnasError("STOPPED", message);
    }
    return write(tx, reproduction);
  });
}
