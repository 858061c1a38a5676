import {
  architectureKey,
  architectureName,
  flops,
  type Generation,
  type Architecture,
  parameterCount,
  referenceBackbones,
  type SearchSettings,
  searchContext,
  strategies,
} from "@opnas/core";
import {
  claimTask,
  type EvolveJob,
  evolveTask,
  finishRun,
  type NewCandidate,
  type NewReference,
  recordGeneration,
  searchHistory,
  settingsOf,
} from "@opnas/prisma";
import type { JobContext } from "./context.js";

/** Computes a run's next generation from what is stored, or ends the run (paper §3). */
export async function handleEvolve(context: JobContext, job: EvolveJob): Promise<void> {
  const { db, queue, workerId } = context;
  const { runId, generation: index } = job;
  const claimed = await claimTask(db, { runId, task: evolveTask(job), workerId });
  if (claimed === null) return;
  const { claim, run } = claimed;
  const settings = settingsOf(run);
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
    candidates: generation.children.map((child) => describe(child, settings)),
    priorities: generation.priorities,
    references: index === 0 && settings.references ? referencesOf(settings) : [],
  });
}

function referencesOf(settings: SearchSettings): NewReference[] {
  return referenceBackbones(settings.size.layers).map(({ reference, name, architecture }) => {
    const key = architectureKey(architecture);
    const described = describe({ architecture, key, parentKey: null, mutation: null }, settings);
    return { ...described, reference, name };
  });
}

function describe(
  { architecture, key, parentKey, mutation }: Generation<Architecture>["children"][number],
  { size }: SearchSettings,
): NewCandidate {
  return {
    architecture,
    key,
    name: architectureName(key),
    params: parameterCount(architecture, size),
    flops: flops(architecture, size),
    parentKey,
    mutation,
  };
}
