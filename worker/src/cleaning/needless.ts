import type { Retention } from "@opnas/core";
import type { FileOwner } from "@opnas/prisma";
import type { Place, PlacedFile } from "./places.js";

/** The kinds of what cleaning removes, in the order in which they are shown. */
export const kinds = [
  "deletedRuns",
  "checkpoints",
  "leftovers",
  "unnamed",
  "exports",
  "prepared",
  "quota",
  "uploads",
  "events",
  "workers",
  "audit",
] as const;
/** A kind of what cleaning removes. */
export type Kind = (typeof kinds)[number];

/** Files that may go, with the kind and the id under which they are shown. */
export interface NeedlessFiles {
  kind: Kind;
  id: string;
  files: PlacedFile[];
}

/** All that decides whether a file may go, as it was read after the files were listed. */
export interface Known {
  owners: ReadonlyMap<string, FileOwner>;
  /** Ids of the evaluated candidates among those that have checkpoints. */
  evaluated: ReadonlySet<string>;
  /** Folders of the owners that name a prepared text, by the text's key. */
  namedBy: ReadonlyMap<string, readonly string[]>;
  /** Places that belong to this database; of another one's, whose rows are not seen here, little goes. */
  ownPlaces: ReadonlySet<Place>;
  /** Ids of the exports that are kept no longer. */
  oldExports: ReadonlySet<string>;
  retention: Retention;
  /** Time of this machine, in milliseconds since the epoch. */
  now: number;
}

/** Milliseconds for which any file stays: somebody may be about to name it. */
export const day = 24 * 3600 * 1000;
const uuid = "[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}";
const runForm = new RegExp(`^artifacts/(${uuid})/(.+)$`);
const pretrainingForm = new RegExp(`^artifacts/trainings/(${uuid})/(.+)$`);
const exportForm = new RegExp(`^artifacts/exports/(${uuid})/(.+)$`);
const draftForm = new RegExp(`\\.${uuid}\\.tmp(/|$)`);
const candidateForm = new RegExp(`^checkpoints/(${uuid})/`);
const checkpointForm = /^(checkpoints\/|(super-net\.)?checkpoint\.safetensors)/;
const attemptForm = /^(super-net\.\d+\.safetensors$|attempt-\d+(?=\/))/;
const preparedForm = /^prepared\/text-([0-9a-f]{24})\.bin$/;

/** Returns the id of the run, pre-training or export in whose folder a file of this role lies, and its path there. */
export function placeOf(role: string): { id: string; rest: string } | undefined {
  const [, id, rest] =
    runForm.exec(role) ?? pretrainingForm.exec(role) ?? exportForm.exec(role) ?? [];
  return id === undefined || rest === undefined ? undefined : { id, rest };
}

/** Tells by its name whether a file in a bucket is the platform's, and none of a person. */
export function isOfPlatform(name: string): boolean {
  return placeOf(`artifacts/${name}`) !== undefined || preparedForm.test(name);
}

/** Returns the key of the prepared text that a file holds. */
export function preparedKey(role: string): string | undefined {
  return preparedForm.exec(role)?.[1];
}

/** Tells whether a file of a run or pre-training, by its name in its folder, is a checkpoint. */
export function isCheckpoint(rest: string): boolean {
  return checkpointForm.test(rest);
}

/** Tells whether a file, by its name in its owner's folder, is the published super-net or model. */
export function isPublished(rest: string, { published }: FileOwner): boolean {
  const [attempt] = attemptForm.exec(rest) ?? [];
  if (attempt === undefined || published === null) return false;
  return published === attempt || published.endsWith(`/${attempt}`);
}

/** Returns the candidate whose checkpoint a file is. */
export function candidateOfCheckpoint(role: string): string | undefined {
  return candidateForm.exec(placeOf(role)?.rest ?? "")?.[1];
}

/**
 * Finds the files that may go, in groups. No file that changed within a day is among them, whatever it
 * is: somebody may be about to name it. No file of a live run or pre-training is.
 */
export function needlessFiles(files: readonly PlacedFile[], known: Known): NeedlessFiles[] {
  const groups = new Map<string, NeedlessFiles>();
  for (const file of files) {
    if (known.now - file.modified < day) continue;
    const found = needless(file, known);
    if (found === undefined) continue;
    const key = `${found.kind} ${found.id}`;
    const group = groups.get(key) ?? { ...found, files: [] };
    group.files.push(file);
    groups.set(key, group);
  }
  return [...groups.values()];
}

type Found = Pick<NeedlessFiles, "kind" | "id">;

function needless(file: PlacedFile, known: Known): Found | undefined {
  const { name, role } = file;
  const isOwn = known.ownPlaces.has(file.place);
  if (role.startsWith("prepared/")) return needlessText(file, known, isOwn);
  const place = placeOf(role);
  if (place === undefined) return undefined;
  const folder = file.place.addressOf(name.slice(0, -place.rest.length - 1));
  const owner = known.owners.get(place.id);
  if (owner === undefined) return isOwn ? { kind: "unnamed", id: folder } : undefined;
  if (owner.isDue) return { kind: "deletedRuns", id: owner.runId };
  if (owner.isLive) return undefined;
  if (known.oldExports.has(place.id)) return { kind: "exports", id: place.id };
  if (draftForm.test(name)) return { kind: "leftovers", id: folder };
  if (isCheckpoint(place.rest)) {
    const isOver = owner.isDone || owner.isOld;
    const isEvaluated = known.evaluated.has(candidateOfCheckpoint(role) ?? "");
    return isOver || isEvaluated ? { kind: "checkpoints", id: folder } : undefined;
  }
  const isOfAttempt = attemptForm.test(place.rest) && owner.published !== null;
  return isOfAttempt && !isPublished(place.rest, owner)
    ? { kind: "leftovers", id: folder }
    : undefined;
}

/** A prepared text goes with the deleted runs that alone named it, else when it was long unused. */
function needlessText(
  { name, role, place, modified }: PlacedFile,
  known: Known,
  isOwn: boolean,
): Found | undefined {
  const id = place.addressOf(name);
  if (draftForm.test(role)) return { kind: "leftovers", id };
  const key = preparedKey(role);
  if (key === undefined || !isOwn) return undefined;
  const namers = (known.namedBy.get(key) ?? []).flatMap((id) => known.owners.get(id) ?? []);
  const [first] = namers;
  if (first !== undefined) {
    return namers.every(({ isDue }) => isDue)
      ? { kind: "deletedRuns", id: first.runId }
      : undefined;
  }
  const isOld = known.now - modified >= known.retention.preparedDays * day;
  return isOld ? { kind: "prepared", id } : undefined;
}
