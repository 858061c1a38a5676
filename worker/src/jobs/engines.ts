import { arch, cpus } from "node:os";
import { OpnasError } from "@opnas/core";
import { type Database, joinRun, type SearchRun } from "@opnas/prisma";
import type { TrainerHandle } from "../trainer/pool.js";

const processor = [cpus()[0]?.model.replaceAll(/\s+/g, " ").trim() ?? "", arch()]
  .filter((part) => part !== "")
  .join(", ");

/**
 * Names what the bits of a trainer's results depend on: the engine, its version and the type of processor.
 * A GPU's type is the engine's own affair: machines with other GPUs read the same here.
 */
export function describeEngine({ name, version }: TrainerHandle["engine"]): string {
  return `${name} ${version} on ${processor}`;
}

/**
 * Lets an engine work for a run, and notes that it does.
 * @throws OpnasError ANOTHER_ENGINE when the run's settings ask for one engine and it is bound to another
 */
export async function requireEngine(
  db: Database,
  run: Pick<SearchRun, "id" | "name" | "engines">,
  engine: string,
): Promise<void> {
  if (run.engines.includes(engine)) return;
  const bound = await joinRun(db, run.id, engine);
  if (bound === undefined) return;
  throw new OpnasError(
    "ANOTHER_ENGINE",
    `Run ${run.name} asks for one engine (sameEngine) and began on ${bound}; this worker has ${engine}. Start a worker with that engine (OPNAS_ENGINE) on that type of processor.`,
  );
}
