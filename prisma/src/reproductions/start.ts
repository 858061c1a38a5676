import { OpnasError } from "@opnas/core";
import type { Database, Transaction } from "../client.js";
import type { Reproduction } from "../generated/client.js";
import { enqueueTrainerJobs, type Queue } from "../queue.js";
import { isEvaluatedOutside } from "../runs/openWork.js";

/**
 * Stores a reproduction of an architecture's evaluation and enqueues its job, in one transaction. One
 * that is under way for that architecture is returned instead, so that a repeated request starts none.
 * @throws OpnasError `NOT_FOUND`; `WRONG_STATE` when the architecture has no stored result, when a
 * program outside of the platform evaluated it, or when its run is deleted
 */
export async function startReproduction(
  db: Database,
  queue: Queue,
  architectureId: string,
): Promise<Reproduction> {
  return db.$transaction(async (tx) => {
    await requireReproducible(tx, architectureId);
    const open = await tx.reproduction.findFirst({
      where: { architectureId, status: { in: ["QUEUED", "RUNNING"] } },
    });
    if (open !== null) return open;
    const reproduction = await tx.reproduction.create({ data: { architectureId } });
    const job = { kind: "reproduce", reproductionId: reproduction.id } as const;
    await enqueueTrainerJobs(queue, tx, [job]);
    return reproduction;
  });
}

/** Locks an architecture's row, so that requests for it come one after the other, and checks it. */
async function requireReproducible(tx: Transaction, id: string): Promise<void> {
  await tx.$queryRaw`SELECT 1 FROM "Architecture" WHERE id = ${id}::uuid FOR UPDATE`;
  const found = await tx.architecture.findUnique({
    where: { id },
    select: {
      name: true,
      run: { select: { name: true, deletedAt: true, settings: true } },
      _count: { select: { evaluations: true } },
    },
  });
  if (found === null) throw new OpnasError("NOT_FOUND", `There is no architecture ${id}.`);
  const { name, run, _count } = found;
  if (run.deletedAt !== null) {
    throw wrongState(`Run ${run.name} is deleted: restore it before its results are reproduced.`);
  }
  if (isEvaluatedOutside(run)) {
    throw wrongState(
      `A program outside of the platform evaluated ${name}: only that program can do it again.`,
    );
  }
  if (_count.evaluations === 0) {
    throw wrongState(`${name} has no stored result: wait for its evaluation.`);
  }
}

function wrongState(message: string): OpnasError {
  return new OpnasError("WRONG_STATE", message);
}
