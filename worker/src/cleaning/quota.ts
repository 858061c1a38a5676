import {
  day,
  isCheckpoint,
  isPublished,
  type Known,
  type NeedlessFiles,
  placeOf,
  preparedKey,
} from "./needless.js";
import type { PlacedFile } from "./places.js";
import { size } from "./size.js";

const gigabyte = 1e9;

/**
 * Finds files that go, beyond those that nobody needs, until what is left fits the quota: first what
 * costs least to make again, of equal cost the oldest. That are prepared texts that no run names, then
 * checkpoints of ended work, then super-nets of ended runs, which are trained again, to the same bits,
 * when such a run is extended. Models, files of live work and files younger than a day never go.
 * @returns the files as one group, and a sentence when the quota cannot be kept
 */
export function beyondQuota(
  files: readonly PlacedFile[],
  going: readonly NeedlessFiles[],
  known: Known,
): { groups: NeedlessFiles[]; notes: string[] } {
  const { quotaGB } = known.retention;
  if (quotaGB === 0) return { groups: [], notes: [] };
  const gone = new Set(going.flatMap((group) => group.files));
  const staying = files.filter((file) => !gone.has(file));
  let excess = bytesOf(staying) - quotaGB * gigabyte;
  const chosen: PlacedFile[] = [];
  for (const { file } of inOrderOfCost(staying, known)) {
    if (excess <= 0) break;
    chosen.push(file);
    excess -= file.bytes;
  }
  const left = `${size(bytesOf(staying) - bytesOf(chosen))} of files stay`;
  const notes =
    excess > 0
      ? [
          `${left}, above the quota of ${quotaGB} GB: they are younger than a day, models, or of work that goes on. Delete runs, or raise quotaGB in OPNAS_RETENTION.`,
        ]
      : [];
  const groups: NeedlessFiles[] =
    chosen.length === 0 ? [] : [{ kind: "quota", id: `above ${quotaGB} GB`, files: chosen }];
  return { groups, notes };
}

function inOrderOfCost(files: readonly PlacedFile[], known: Known) {
  return files
    .flatMap((file) => {
      const cost = costOfMakingAgain(file, known);
      return cost === undefined || known.now - file.modified < day ? [] : [{ file, cost }];
    })
    .sort((a, b) => a.cost - b.cost || a.file.modified - b.file.modified);
}

/** Returns the rank of a file that may go above the quota; undefined for one that stays. */
function costOfMakingAgain(file: PlacedFile, known: Known): number | undefined {
  if (!known.ownPlaces.has(file.place)) return undefined;
  const key = preparedKey(file.role);
  if (key !== undefined) return known.namedBy.has(key) ? undefined : 0;
  const place = placeOf(file.role);
  const owner = known.owners.get(place?.id ?? "");
  if (place === undefined || owner === undefined || owner.isLive) return undefined;
  if (isCheckpoint(place.rest)) return 1;
  return owner.id === owner.runId && isPublished(place.rest, owner) ? 2 : undefined;
}

function bytesOf(files: readonly PlacedFile[]): number {
  return files.reduce((sum, file) => sum + file.bytes, 0);
}
