import { OpnasError } from "@opnas/core";
import type { Database, Transaction } from "../client.js";
import { databaseTime } from "../clock.js";
import type { Export } from "../generated/client.js";
import { tellOrder } from "../orders/kinds.js";
import { enqueueTrainerJobs, type Queue } from "../queue.js";
import { isEvaluatedOutside } from "../runs/openWork.js";
import type { ExportFormat } from "./formats.js";

/**
 * Stores an export of a model with its weights and enqueues its job, in one transaction. One of the same
 * model and form that is under way or done is returned instead, and is kept for longer.
 * @param id of a pre-training; or of an architecture, whose newest pre-trained model is taken, or its
 *   share of its run's super-net where there is none
 * @throws OpnasError `NOT_FOUND`; `WRONG_STATE` when there are no weights, or when the run is deleted
 */
export async function startExport(
  db: Database,
  queue: Queue,
  { id, format }: { id: string; format: ExportFormat },
): Promise<Export> {
  return db.$transaction(async (tx) => {
    const { architectureId, pretrainingId } = await modelOf(tx, id);
    const same = { architectureId, pretrainingId, format };
    const found = await tx.export.findFirst({
      where: { ...same, status: { in: ["QUEUED", "RUNNING", "DONE"] } },
      orderBy: { createdAt: "desc" },
    });
    if (found !== null) {
      const usedAt = await databaseTime(tx);
      return tx.export.update({ where: { id: found.id }, data: { usedAt } });
    }
    const made = await tx.export.create({ data: same });
    await enqueueTrainerJobs(queue, tx, [{ kind: "export", exportId: made.id }]);
    await tellOrder(tx, { kind: "export", id: made.id }, false);
    return made;
  });
}

/** Removes an export whose archive is gone, so that a request for the same one makes it anew. */
export async function forgetExport(db: Database, id: string): Promise<void> {
  await db.export.deleteMany({ where: { id, status: "DONE" } });
}

interface Named {
  architectureId: string;
  pretrainingId: string | null;
}

/** Finds the model that an id stands for, with its architecture's row locked: requests come in turn. */
async function modelOf(tx: Transaction, id: string): Promise<Named> {
  const given = await tx.pretraining.findUnique({ where: { id } });
  const architectureId = given?.architectureId ?? id;
  await tx.$queryRaw`SELECT 1 FROM "Architecture" WHERE id = ${architectureId}::uuid FOR UPDATE`;
  const architecture = await tx.architecture.findUnique({
    where: { id: architectureId },
    select: {
      name: true,
      run: { select: { name: true, deletedAt: true, settings: true, phase: true } },
    },
  });
  if (architecture === null) {
    throw new OpnasError("NOT_FOUND", `There is no architecture or pre-training ${id}.`);
  }
  const { name, run } = architecture;
  if (run.deletedAt !== null) {
    throw wrongState(`Run ${run.name} is deleted: restore it before its models are exported.`);
  }
  if (given !== null) {
    if (given.status === "DONE") return { architectureId, pretrainingId: given.id };
    throw wrongState(
      `Training ${given.id} is ${given.status.toLowerCase()} and has no model yet: export it when it is done.`,
    );
  }
  const newest = await tx.pretraining.findFirst({
    where: { architectureId, status: "DONE" },
    orderBy: [{ finishedAt: "desc" }, { id: "desc" }],
    select: { id: true },
  });
  if (newest !== null) return { architectureId, pretrainingId: newest.id };
  requireSuperNet(name, run);
  return { architectureId, pretrainingId: null };
}

/** Throws unless an architecture without a pre-trained model has a share of a super-net. */
function requireSuperNet(
  name: string,
  run: { name: string; settings: unknown; phase: string },
): void {
  if (isEvaluatedOutside(run)) {
    throw wrongState(
      `A program outside of the platform evaluated ${name}, so there are no weights of it here: pre-train it first.`,
    );
  }
  if (run.phase === "PREPARING" || run.phase === "SUPERNET") {
    throw wrongState(
      `${name} has no weights yet: the super-net of run ${run.name} is still trained. Wait for it, or pre-train the architecture.`,
    );
  }
}

function wrongState(message: string): OpnasError {
  return new OpnasError("WRONG_STATE", message);
}
