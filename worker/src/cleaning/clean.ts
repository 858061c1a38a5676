import type { Retention } from "@opnas/core";
import {
  type Database,
  databaseId,
  evaluatedAmong,
  fileOwners,
  oldEvents,
  oldWorkers,
  purgeableRuns,
  purgeRun,
  removeOldEvents,
  removeOldWorker,
} from "@opnas/prisma";
import { belongsTo, listFiles, readText, removeFile, type StoredFile } from "./files.js";
import {
  candidateOfCheckpoint,
  type Kind,
  needlessFiles,
  type NeedlessFiles,
  placeOf,
} from "./needless.js";

/** One thing that cleaning removes, or would. */
export interface Finding {
  kind: Kind;
  /** Id of the row, or path below the data folder. */
  id: string;
  /** Number of its files, or of its events. */
  parts: number;
  bytes: number;
}

/** What cleaning found. */
export interface Cleaning {
  findings: Finding[];
  /** False when the data folder belongs to another database, so that files without a row stay. */
  isOwnFolder: boolean;
}

interface Step extends Finding {
  remove: () => Promise<void>;
}

/**
 * Finds all that is kept no longer and, unless it is a dry run, removes it. Safe beside running workers
 * and other cleanings: files are listed before rows are read, so that whoever was to name a file has
 * done so; nothing of live work is touched, and no file that is younger than a day.
 * @throws errors of the database and of the file system; what was removed before stays removed
 */
export async function clean(
  db: Database,
  dataFolder: string,
  retention: Retention,
  { dryRun }: { dryRun: boolean },
): Promise<Cleaning> {
  const { steps, isOwnFolder } = await plan(db, dataFolder, retention);
  if (!dryRun) for (const step of steps) await step.remove();
  const findings = steps.map(({ kind, id, parts, bytes }) => ({ kind, id, parts, bytes }));
  return { findings, isOwnFolder };
}

async function plan(db: Database, dataFolder: string, retention: Retention) {
  const files = [
    ...(await listFiles(dataFolder, "artifacts")),
    ...(await listFiles(dataFolder, "prepared")),
  ];
  const isOwnFolder = files.length === 0 || (await belongsTo(dataFolder, await databaseId(db)));
  const candidates = files.flatMap(({ name }) => candidateOfCheckpoint(name) ?? []);
  const groups = needlessFiles(files, {
    owners: await fileOwners(db, retention),
    evaluated: await evaluatedAmong(db, [...new Set(candidates)]),
    namedBy: await textNamers(dataFolder, files),
    isOwnFolder,
    retention,
    now: Date.now(),
  });
  const remove = async ({ files: needless }: NeedlessFiles) => {
    for (const { name } of needless) await removeFile(dataFolder, name);
  };
  const ofRuns = (await purgeableRuns(db, retention.deletedDays)).map((id): Step => {
    const own = groups.find((group) => group.kind === "deletedRuns" && group.id === id);
    const group = own ?? { kind: "deletedRuns", id, files: [] };
    const purge = async () => {
      if (await purgeRun(db, id, retention.deletedDays)) await remove(group);
    };
    return { ...findingOf(group), remove: purge };
  });
  const ofFiles = groups
    .filter(({ kind }) => kind !== "deletedRuns")
    .map((group): Step => ({ ...findingOf(group), remove: () => remove(group) }));
  const ofEvents = (await oldEvents(db, retention)).map(({ runId, events, bytes }): Step => ({
    kind: "events",
    id: runId,
    parts: events,
    bytes,
    remove: () => removeOldEvents(db, runId, retention),
  }));
  const ofWorkers = (await oldWorkers(db, retention)).map((id): Step => ({
    kind: "workers",
    id,
    parts: 1,
    bytes: 0,
    remove: () => removeOldWorker(db, id, retention),
  }));
  return { steps: [...ofRuns, ...ofFiles, ...ofEvents, ...ofWorkers], isOwnFolder };
}

function findingOf({ kind, id, files }: NeedlessFiles): Finding {
  const bytes = files.reduce((sum, file) => sum + file.bytes, 0);
  return { kind, id, parts: files.length, bytes };
}

/** Reads which runs and pre-trainings name which prepared text, by its key. */
async function textNamers(
  dataFolder: string,
  files: readonly StoredFile[],
): Promise<Map<string, string[]>> {
  const namers = new Map<string, string[]>();
  for (const { name } of files) {
    const place = placeOf(name);
    if (place?.rest !== "text.key") continue;
    const key = (await readText(dataFolder, name))?.trim();
    if (key !== undefined) namers.set(key, [...(namers.get(key) ?? []), place.id]);
  }
  return namers;
}
