import { type ArtifactStore } from "@opnas/artifacts";
import type { Retention } from "@opnas/core";
import {
  type Database,
  databaseId,
  evaluatedAmong,
  fileOwners,
  oldAuditEntries,
  oldEvents,
  oldExports,
  oldWorkers,
  purgeableRuns,
  purgeRun,
  removeOldAuditEntries,
  removeOldEvents,
  removeOldExport,
  removeOldWorker,
} from "@opnas/prisma";
import {
  candidateOfCheckpoint,
  day,
  isOfPlatform,
  type Kind,
  type Known,
  needlessFiles,
  type NeedlessFiles,
  placeOf,
} from "./needless.js";
import { type Place, type PlacedFile, placesOf } from "./places.js";
import { beyondQuota } from "./quota.js";

/** One thing that cleaning removes, or would. */
export interface Finding {
  kind: Kind;
  /** Id of the row, path below the data folder, or address in the store. */
  id: string;
  /** Number of its files, or of its events. */
  parts: number;
  bytes: number;
}

/** Result of a cleaning. */
export interface Cleaning {
  findings: Finding[];
  /** Sentences for a person about what could not be decided, and therefore stays. */
  notes: string[];
}

/** The files that a platform keeps: in its artifact store, and on this machine. */
export interface Files {
  store: ArtifactStore;
  dataFolder: string;
}

interface Step extends Finding {
  remove: () => Promise<void>;
}

/**
 * Finds all that is kept no longer and, unless it is a dry run, removes it. Safe beside running workers
 * and other cleanings: files are listed before rows are read, so that whoever was to name a file has
 * done so; nothing of live work is touched, and no file that is younger than a day.
 * @throws errors of the database, the store and the file system; what was removed before stays removed
 */
export async function clean(
  db: Database,
  files: Files,
  retention: Retention,
  { dryRun }: { dryRun: boolean },
): Promise<Cleaning> {
  const { steps, notes } = await plan(db, files, retention);
  if (!dryRun) for (const step of steps) await step.remove();
  const findings = steps.map(({ kind, id, parts, bytes }) => ({ kind, id, parts, bytes }));
  return { findings, notes };
}

async function plan(db: Database, { store, dataFolder }: Files, retention: Retention) {
  const [ofStore, ofMachine] = placesOf(store, dataFolder);
  const files: PlacedFile[] = [];
  const ownPlaces = new Set<Place>();
  const notes = new Set<string>();
  const id = await databaseId(db);
  for (const place of [ofStore, ofMachine]) {
    const found = await place.list();
    files.push(...found);
    if (found.length === 0 || (await place.belongsTo(id))) ownPlaces.add(place);
    else notes.add(`${place.mark} names another database: files that this one does not name stay.`);
  }
  const candidates = files.flatMap(({ role }) => candidateOfCheckpoint(role) ?? []);
  const known: Known = {
    owners: await fileOwners(db, retention),
    evaluated: await evaluatedAmong(db, [...new Set(candidates)]),
    namedBy: await textNamers(files),
    ownPlaces,
    oldExports: new Set(await oldExports(db, retention)),
    retention,
    now: Date.now(),
  };
  const groups = needlessFiles(files, known);
  const overQuota = beyondQuota(files, groups, known);
  const remove = async ({ files: needless }: NeedlessFiles) => {
    for (const { place, name } of needless) await place.remove(name);
  };
  const ofRuns = (await purgeableRuns(db, retention.deletedDays)).map((id): Step => {
    const own = groups.find((group) => group.kind === "deletedRuns" && group.id === id);
    const group = own ?? { kind: "deletedRuns", id, files: [] };
    const purge = async () => {
      if (await purgeRun(db, id, retention.deletedDays)) await remove(group);
    };
    return { ...findingOf(group), remove: purge };
  });
  const ofExports = [...known.oldExports].map((id): Step => {
    const own = groups.find((group) => group.kind === "exports" && group.id === id);
    const group = own ?? { kind: "exports", id, files: [] };
    const removeBoth = async () => {
      if (await removeOldExport(db, id, retention)) await remove(group);
    };
    return { ...findingOf(group), remove: removeBoth };
  });
  const ofFiles = [...groups, ...overQuota.groups]
    .filter(({ kind }) => kind !== "deletedRuns" && kind !== "exports")
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
  const entries = await oldAuditEntries(db, retention);
  const ofAudit: Step = {
    kind: "audit",
    id: "AuditEntry",
    parts: entries.entries,
    bytes: entries.bytes,
    remove: () => removeOldAuditEntries(db, retention),
  };
  const { ended, note } = await cutOffUploads(store);
  const isOwnStore = ended.length > 0 && (await ofStore.belongsTo(id));
  const ofUploads = isOwnStore ? ended : [];
  return {
    steps: [
      ...ofRuns,
      ...ofExports,
      ...ofFiles,
      ...ofUploads,
      ...ofEvents,
      ...ofWorkers,
      ...(ofAudit.parts > 0 ? [ofAudit] : []),
    ],
    notes: [...notes, ...overQuota.notes, ...note],
  };
}

function findingOf({ kind, id, files }: NeedlessFiles): Finding {
  const bytes = files.reduce((sum, file) => sum + file.bytes, 0);
  return { kind, id, parts: files.length, bytes };
}

/** Plans to end the platform's uploads that began more than a day ago. */
async function cutOffUploads(store: ArtifactStore): Promise<{ ended: Step[]; note: string[] }> {
  const uploads = await store.openUploads();
  if (uploads === undefined) {
    const note = `${store.address} does not list uploads that were cut off: see docs/operations.md.`;
    return { ended: [], note: [note] };
  }
  const ended = uploads
    .filter(({ name, begun }) => Date.now() - begun >= day && isOfPlatform(name))
    .map((upload): Step => ({
      kind: "uploads",
      id: `${store.address}/${upload.name}`,
      parts: 1,
      bytes: 0,
      remove: () => store.abortUpload(upload),
    }));
  return { ended, note: [] };
}

/** Reads which runs and pre-trainings name which prepared text, by its key. */
async function textNamers(files: readonly PlacedFile[]): Promise<Map<string, string[]>> {
  const namers = new Map<string, string[]>();
  for (const { role, name, place } of files) {
    const found = placeOf(role);
    if (found?.rest !== "text.key") continue;
    const key = (await place.read(name))?.trim();
    if (key !== undefined) namers.set(key, [...(namers.get(key) ?? []), found.id]);
  }
  return namers;
}
