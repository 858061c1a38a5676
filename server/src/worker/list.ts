import { type Database, type Worker as WorkerRow, workerSilenceSeconds } from "@opnas/prisma";
import { z } from "zod";
import type { Worker } from "./types.js";

/** Workers that stopped or fell silent are listed for this long. */
const rememberedSeconds = 3600;
const mostWorkers = 200;

const sentencesSchema = z.array(z.string());

/** The workers that are alive, and those that were a short while ago; the newest first. */
export async function listWorkers(database: Database): Promise<Worker[]> {
  const rows = await database.worker.findMany({
    where: { lastSeenAt: { gt: new Date(Date.now() - rememberedSeconds * 1000) } },
    orderBy: [{ startedAt: "desc" }, { id: "asc" }],
    take: mostWorkers,
  });
  return rows.map(describe);
}

function describe(row: WorkerRow): Worker {
  const silent = Date.now() - row.lastSeenAt.getTime() > workerSilenceSeconds * 1000;
  const isLost = silent && row.status !== "stopped";
  return {
    ...row,
    engineReasons: sentencesSchema.parse(row.engineReasons),
    currentJobs: isLost ? [] : sentencesSchema.parse(row.currentJobs),
    status: isLost ? "lost" : row.status,
  };
}
