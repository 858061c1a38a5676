import { z } from "zod";
import { readWorkerUsage, type WorkerUsage } from "./contracts/workerUsage.js";
import { type WorkerWork, workerWorkSchema } from "./contracts/workerWork.js";
import type { Probe } from "./probe.js";
import { workerSilenceSeconds } from "./workers.js";

const rowSchema = z.object({
  name: z.string(),
  slots: z.int(),
  jobs: z.int(),
  usage: z.unknown().transform(readWorkerUsage),
  // An older or newer program's may be of another form.
  work: z.unknown().transform((stored) => workerWorkSchema.safeParse(stored).data ?? null),
});

/** The work that one live worker does and has done. */
export interface EachWorker {
  name: string;
  slots: number;
  /** Jobs in its slots. */
  jobs: number;
  usage: WorkerUsage | null;
  work: WorkerWork | null;
}

/** Reads the workers that are neither stopped nor lost, in the order of their names. */
export function eachWorker(probe: Probe): Promise<EachWorker[]> {
  const query = `
    SELECT name, slots, jsonb_array_length("currentJobs") AS jobs, usage, work
      FROM "Worker"
     WHERE status <> 'stopped' AND "lastSeenAt" > clock_timestamp() - $1::int * interval '1 s'
     ORDER BY name, id`;
  return probe.ask(rowSchema, query, [workerSilenceSeconds]);
}
