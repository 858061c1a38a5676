import {
  type Architecture as Backbone,
  architectureKey,
  architectureName,
  OpnasError,
} from "@opnas/core";
import type { Database } from "../client.js";
import type { Architecture } from "../generated/client.js";
import { enqueueJobs, type Queue } from "../queue.js";
import { settingsOfRun } from "./lifecycle.js";
import { candidateOf } from "./newCandidates.js";
import { openJobs } from "./openWork.js";
import { lockRun } from "./row.js";
import { requireListed } from "./visibility.js";

/** Beginning of the field `reference` of an architecture that a user imported; its key follows. */
export const importedPrefix = "imported-";

/**
 * Adds an architecture of a user's to a run that is searching, beside its references, under the lock of
 * the run's row, and enqueues its evaluation. It is scored as candidates are, but is neither part of the
 * budget nor seen by the strategy. One that the run has imported already is returned as it is.
 * @param name its name for people; null for one made from its key
 * @throws OpnasError `NOT_FOUND`; `WRONG_STATE` for a run that is not searching; `BAD_ARCHITECTURE` for
 * one of another depth than the run's super-net
 */
export async function importArchitecture(
  db: Database,
  queue: Queue,
  runId: string,
  { backbone, name }: { backbone: Backbone; name: string | null },
): Promise<Architecture> {
  return db.$transaction(async (tx) => {
    const found = await tx.searchRun.count({ where: { id: runId } });
    if (found === 0) throw new OpnasError("NOT_FOUND", `There is no run ${runId}.`);
    const run = await lockRun(tx, runId);
    requireListed(run, "given another architecture");
    const settings = settingsOfRun(run);
    const { layers } = settings.size;
    if (backbone.layers.length !== layers) {
      const message = `Run ${run.name} searches backbones of ${layers} layers, and this one has ${backbone.layers.length}.`;
      throw new OpnasError("BAD_ARCHITECTURE", message);
    }
    const key = architectureKey(backbone);
    const reference = `${importedPrefix}${key}`;
    const earlier = await tx.architecture.findFirst({ where: { runId, reference } });
    if (earlier !== null) return earlier;
    const newest = await tx.generation.findFirst({
      where: { runId },
      orderBy: { index: "desc" },
      select: { id: true, architectures: { select: { indexInGeneration: true } } },
    });
    const isOpen = run.status === "QUEUED" || run.status === "RUNNING" || run.status === "PAUSED";
    if (!isOpen || run.phase !== "SEARCHING" || newest === null) {
      const message = `Run ${run.name} is ${run.status.toLowerCase()} and proposes no candidates now: an architecture can be scored beside a run that does.`;
      throw new OpnasError("WRONG_STATE", message);
    }
    const proposal = { architecture: backbone, key, parentKey: null, mutation: null };
    const { params, flops } = candidateOf(proposal, settings);
    const places = newest.architectures.map(({ indexInGeneration }) => indexInGeneration);
    const created = await tx.architecture.create({
      data: {
        runId,
        generationId: newest.id,
        indexInGeneration: Math.max(-1, ...places) + 1,
        key,
        name: name ?? architectureName(key),
        json: backbone,
        params,
        flops,
        reference,
      },
    });
    const jobs = run.status === "PAUSED" ? [] : await openJobs(tx, runId);
    const own = jobs.filter((job) => "architectureId" in job && job.architectureId === created.id);
    await enqueueJobs(queue, tx, own);
    return tx.architecture.findUniqueOrThrow({ where: { id: created.id } });
  });
}
