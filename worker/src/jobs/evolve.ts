import { type Architecture, type Generation, searchContext, strategies } from "@opnas/core";
import {
  candidateOf,
  claimWork,
  type EvolveJob,
  workKey,
  finishRun,
  recordGeneration,
  referencesOf,
  searchHistory,
  settingsOfRun,
} from "@opnas/prisma";
import type { Course, JobContext } from "./context.js";

/** Computes a run's next generation from what is stored, or ends the run (docs/paper.md §3). */
export async function handleEvolve(
  context: JobContext,
  job: EvolveJob,
  course: Course,
): Promise<void> {
  const { db, queue, workerId } = context;
  const { runId, generation: index } = job;
  const claimed = await claimWork(db, { runId, workKey: workKey(job), workerId });
  if (claimed === null) return;
  const { claim, run } = claimed;
  course.claim = claim;
  const settings = settingsOfRun(run);
  const strategy = strategies[settings.strategy];
  const search = searchContext(settings, run.seed);
  const generation: Generation<Architecture> =
    index === 0
      ? strategy.initial(search)
      : strategy.next(await searchHistory(db, runId), index, search);

  if (generation.children.length === 0) {
    await finishRun(db, claim);
    return;
  }
  await recordGeneration(db, queue, claim, {
    index,
    candidates: generation.children.map((child) => candidateOf(child, settings)),
    priorities: generation.priorities,
    references: index === 0 ? referencesOf(settings) : [],
  });
}
