import { architectureName, presetNamed, type Architecture } from "@opnas/core";
import type { Database } from "@opnas/prisma";

/** Stores an architecture as the only one of a run of the preset `smoke`; returns its id. */
export async function createArchitecture(db: Database, backbone: Architecture): Promise<string> {
  const { name, settings } = presetNamed("smoke");
  const { id: runId } = await db.searchRun.create({
    data: { name: "a run", seed: 1, preset: name, strategy: settings.strategy, settings },
  });
  const generation = await db.generation.create({ data: { runId, index: 0, size: 1 } });
  const { id } = await db.architecture.create({
    data: {
      runId,
      generationId: generation.id,
      indexInGeneration: 0,
      key: "key",
      name: architectureName("key"),
      json: backbone,
      params: 1,
      flops: 1,
    },
  });
  return id;
}
