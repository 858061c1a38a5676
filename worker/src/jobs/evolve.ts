import {
  claimWork,
  type EvolveJob,
  finishRun,
  historyRows,
  historyVersion,
  pendingRows,
  recordGeneration,
  settingsOfRun,
  workKey,
} from "@opnas/prisma";
import type { Course, JobContext } from "./context.js";
import type { Proposals } from "./proposals.js";

/**
 * Computes a run's next generation from what is stored, or ends the run (docs/paper.md §3). Where
 * generations overlap and nothing new is found, the run ends when its last candidate has a result.
 */
export async function handleEvolve(
  context: Pick<JobContext, "db" | "queue" | "workerId">,
  proposals: Proposals,
  job: EvolveJob,
  course: Course,
): Promise<void> {
  const { db, queue, workerId } = context;
  const { runId, generation: index } = job;
  const claimed = await claimWork(db, { runId, workKey: workKey(job), workerId });
  if (claimed === null) return;
  const { claim, run } = claimed;
  course.claim = claim;
  const { candidates, priorities, references } = await proposals.propose(
    { id: runId, seed: run.seed, settings: settingsOfRun(run) },
    index,
    {
      rows: (from, before) => historyRows(db, runId, from, before),
      pending: (from, before) => pendingRows(db, runId, from, before),
      version: (before) => historyVersion(db, runId, before),
    },
  );
  if (candidates.length === 0) await finishRun(db, claim);
  else await recordGeneration(db, queue, claim, { index, candidates, priorities, references });
}
