import { type ArtifactPlace, openStore } from "@opnas/artifacts";
import type { Retention } from "@opnas/core";
import { databaseError, type Database } from "@opnas/prisma";
import { readSettings } from "../settings.js";
import { clean } from "./clean.js";
import { reportLine } from "./report.js";

/** Milliseconds after a worker's start until it cleans first, at the least and at the most. */
const firstAfter = { least: 10 * 60_000, most: 30 * 60_000 };

/**
 * Cleans every so often, as the retention settings say, until the returned function is called. The
 * first time comes at random, so that workers that started together take turns.
 * @param artifacts the place of the store, by default the one that this process's environment names
 */
export function cleanRegularly(
  db: Database,
  dataFolder: string,
  retention: Retention,
  artifacts: ArtifactPlace = readSettings(process.env).artifacts,
): () => void {
  if (retention.everyHours === 0) return () => undefined;
  const { least, most } = firstAfter;
  let timer = setTimeout(() => void next(), least + Math.random() * (most - least));
  let isOver = false;
  async function next(): Promise<void> {
    try {
      const store = await openStore({ artifacts, dataFolder });
      try {
        const cleaning = await clean(db, { store, dataFolder }, retention, { dryRun: false });
        console.log(reportLine(cleaning));
      } finally {
        store.end();
      }
    } catch (error) {
      console.error(`Cleaning stopped for now: ${databaseError(error).message}`);
    }
    if (!isOver) timer = setTimeout(() => void next(), retention.everyHours * 3_600_000);
  }
  return () => {
    isOver = true;
    clearTimeout(timer);
  };
}
