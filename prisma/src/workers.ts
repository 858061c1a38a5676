import type { Database, Transaction } from "./client.js";
import { workerChannel } from "./channels.js";

/** A worker that has not been heard of for this long is taken for gone. */
export const workerSilenceSeconds = 15;

export interface WorkerState {
  id: string;
  name: string;
  engine: string;
  /** Why not a better engine; one sentence each. */
  engineReasons: readonly string[];
  threads: number;
  slots: number;
  status: "starting" | "idle" | "busy" | "stopped";
  /** What its slots are doing, for a person. */
  currentJobs: readonly string[];
}

/** Writes a worker's state and that it is alive, and tells those who watch. */
export async function reportWorker(db: Database, state: WorkerState): Promise<void> {
  const { id, engineReasons, currentJobs, ...rest } = state;
  const row = {
    ...rest,
    engineReasons: [...engineReasons],
    currentJobs: [...currentJobs],
    lastSeenAt: new Date(),
  };
  await db.$transaction([
    db.worker.upsert({ where: { id }, create: { id, ...row }, update: row }),
    db.$executeRaw`SELECT pg_notify(${workerChannel}, ${id})`,
  ]);
}

/** Training slots of the workers that are alive. */
export async function liveSlots(tx: Transaction): Promise<number> {
  const { _sum } = await tx.worker.aggregate({
    where: {
      status: { not: "stopped" },
      lastSeenAt: { gt: new Date(Date.now() - workerSilenceSeconds * 1000) },
    },
    _sum: { slots: true },
  });
  return _sum.slots ?? 0;
}
