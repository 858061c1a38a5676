import {
  type Database,
  databaseTime,
  type Worker as WorkerRow,
  workerSilenceSeconds,
} from "@opnas/prisma";
import { z } from "zod";
import type { Worker } from "./types.js";

/** The seconds for which workers that stopped or were lost are listed. */
const listedSeconds = 3600;
const maxWorkers = 200;

const sentencesSchema = z.array(z.string());

/** Reads the workers that are alive or were in the last hour, the newest first, at most 200. */
export async function listWorkers(database: Database): Promise<Worker[]> {
  const now = await databaseTime(database);
  const rows = await database.worker.findMany({
    where: { lastSeenAt: { gt: new Date(now.getTime() - listedSeconds * 1000) } },
    orderBy: [{ startedAt: "desc" }, { id: "asc" }],
    take: maxWorkers,
  });
  return rows.map((row) => describe(row, now));
}

function describe(row: WorkerRow, now: Date): Worker {
  const silent = now.getTime() - row.lastSeenAt.getTime() > workerSilenceSeconds * 1000;
  const isLost = silent && row.status !== "stopped";
  return {
    ...row,
    engineReasons: sentencesSchema.parse(row.engineReasons),
    currentJobs: isLost ? [] : sentencesSchema.parse(row.currentJobs),
    status: isLost ? "lost" : row.status,
  };
}
