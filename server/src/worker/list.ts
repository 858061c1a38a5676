import {
  type Database,
  readWorkerUsage,
  type Worker as WorkerRow,
  workerSilenceSeconds,
  type WorkerUsage,
} from "@opnas/prisma";
import { z } from "zod";
import type { Worker } from "./types.js";

/** The seconds for which workers that stopped or were lost are listed. */
const listedSeconds = 3600;
const maxWorkers = 200;

const sentencesSchema = z.array(z.string());

/** A worker's row, with the verdict of Postgres' clock on its silence. */
type HeardWorker = WorkerRow & { isSilent: boolean };

/** Reads the workers that are alive or were in the last hour, the newest first, at most 200. */
export async function listWorkers(database: Database): Promise<Worker[]> {
  const rows = await database.$queryRaw<HeardWorker[]>`
    SELECT *, "lastSeenAt" < clock_timestamp() - ${workerSilenceSeconds} * interval '1 s' AS "isSilent"
      FROM "Worker"
     WHERE "lastSeenAt" > clock_timestamp() - ${listedSeconds} * interval '1 s'
     ORDER BY "startedAt" DESC, id LIMIT ${maxWorkers}`;
  return rows.map(describe);
}

/** Usage of a worker of which nothing is known: it has stopped, is lost, or has measured nothing yet. */
const unknownUsage = {
  cpuShare: null,
  memoryBytes: null,
  cores: null,
  hostMemoryBytes: null,
  hostMemoryFreeBytes: null,
  gpus: null,
} satisfies Record<keyof WorkerUsage, null>;

function describe({ isSilent, usage, ...row }: HeardWorker): Worker {
  const isLost = isSilent && row.status !== "stopped";
  const isGone = isLost || row.status === "stopped";
  return {
    ...row,
    ...((isGone ? null : readWorkerUsage(usage)) ?? unknownUsage),
    engineReasons: sentencesSchema.parse(row.engineReasons),
    currentJobs: isLost ? [] : sentencesSchema.parse(row.currentJobs),
    status: isLost ? "lost" : row.status,
  };
}
