import { isDeepStrictEqual } from "node:util";
import { OpnasError } from "@opnas/core";
import type { Database, Transaction } from "../client.js";
import { databaseTime } from "../clock.js";
import type { RunEventInput } from "../contracts/runEvents.js";
import { type Architecture, Prisma, type SearchRun } from "../generated/client.js";
import { appendEvents, lockRun } from "./row.js";
import { requireListed } from "./visibility.js";

/** The most tags that one run or architecture may have. */
export const maxTags = 50;

/** A change of the texts that people give a run or an architecture; a field that is absent stays. */
export interface Annotation {
  /** New name; runs only, an architecture's is made from its key. */
  name?: string | undefined;
  /** New note; null removes it. */
  note?: string | null | undefined;
  addTags?: readonly string[] | undefined;
  removeTags?: readonly string[] | undefined;
}

/** The row that was annotated, after the change, and the names of the fields that changed. */
export type Annotated =
  | { kind: "run"; run: SearchRun; changed: string[] }
  | { kind: "architecture"; architecture: Architecture; changed: string[] };

/**
 * Changes the name, note or tags of a run, or the note or tags of an architecture, under the lock of
 * its run's row, and appends `run.edited` or `architecture.edited`. Changes and appends nothing where
 * everything is so already.
 * @throws OpnasError `NOT_FOUND` for an id that is neither's, `WRONG_STATE` for a deleted run,
 * `BAD_INPUT` for the name of an architecture and for over 50 tags
 */
export async function annotate(
  db: Database,
  id: string,
  annotation: Annotation,
): Promise<Annotated> {
  return db.$transaction(async (tx) => {
    const isRun = (await tx.searchRun.count({ where: { id } })) > 0;
    return isRun ? annotateRun(tx, id, annotation) : annotateArchitecture(tx, id, annotation);
  });
}

async function annotateRun(tx: Transaction, id: string, annotation: Annotation) {
  const run = await lockRun(tx, id);
  requireUndeletedRun(run);
  const wanted = { name: annotation.name ?? run.name, ...merged(run, annotation) };
  const changed = differing(run, wanted);
  if (changed.length > 0) {
    await tx.searchRun.update({ where: { id }, data: wanted });
    await record(tx, id, { kind: "run.edited", payload: { changed } });
  }
  const after = await tx.searchRun.findUniqueOrThrow({ where: { id } });
  return { kind: "run" as const, run: after, changed };
}

async function annotateArchitecture(tx: Transaction, id: string, annotation: Annotation) {
  const found = await tx.architecture.findUnique({ where: { id }, select: { runId: true } });
  if (found === null) {
    throw new OpnasError("NOT_FOUND", `There is no run or architecture ${id}.`);
  }
  if (annotation.name !== undefined) {
    const message = "An architecture's name is made from its key and cannot be changed: tag it.";
    throw new OpnasError("BAD_INPUT", message);
  }
  requireUndeletedRun(await lockRun(tx, found.runId));
  const architecture = await tx.architecture.findUniqueOrThrow({ where: { id } });
  const wanted = merged(architecture, annotation);
  const changed = differing(architecture, wanted);
  if (changed.length > 0) {
    const data = { ...wanted, updatedAt: await databaseTime(tx) };
    await tx.architecture.update({ where: { id }, data });
    const payload = { architectureId: id, changed };
    await record(tx, found.runId, { kind: "architecture.edited", payload });
  }
  const after = await tx.architecture.findUniqueOrThrow({ where: { id } });
  return { kind: "architecture" as const, architecture: after, changed };
}

async function record(tx: Transaction, runId: string, event: RunEventInput): Promise<void> {
  await appendEvents(tx, runId, [event]);
}

/** Returns the note and tags that a row is to have. */
function merged(
  row: { note: string | null; tags: readonly string[] },
  { note, addTags = [], removeTags = [] }: Annotation,
) {
  const removed = new Set(removeTags);
  const tags = [...new Set([...row.tags, ...addTags])].filter((tag) => !removed.has(tag)).sort();
  if (tags.length > maxTags) {
    const message = `That would be ${tags.length} tags, and at most ${maxTags} are allowed: remove some first.`;
    throw new OpnasError("BAD_INPUT", message);
  }
  return { note: note === undefined ? row.note : note, tags };
}

function differing<Row extends object>(row: Row, wanted: Partial<Row>): string[] {
  const before = new Map<string, unknown>(Object.entries(row));
  return Object.entries(wanted).flatMap(([name, value]) =>
    isDeepStrictEqual(before.get(name), value) ? [] : [name],
  );
}

function requireUndeletedRun(run: SearchRun): void {
  if (run.deletedAt !== null) requireListed(run, "changed");
}

/** A tag with the numbers of runs and architectures that have it; deleted runs count nowhere. */
export interface TagCount {
  tag: string;
  runs: number;
  architectures: number;
}

/**
 * Reads the tags in use whose text begins with `prefix`, in the order of the alphabet.
 * @param conditions which runs `r` count
 */
export async function readTags(
  db: Database,
  conditions: readonly Prisma.Sql[],
  prefix: string,
  limit: number,
): Promise<TagCount[]> {
  const isListed = Prisma.join([Prisma.sql`r."deletedAt" IS NULL`, ...conditions], " AND ");
  return db.$queryRaw<TagCount[]>`
    SELECT tag, sum(runs)::int AS runs, sum(architectures)::int AS architectures FROM (
      SELECT unnest(r.tags) AS tag, 1 AS runs, 0 AS architectures
        FROM "SearchRun" r WHERE r.tags <> '{}' AND ${isListed}
      UNION ALL
      SELECT unnest(a.tags), 0, 1
        FROM "Architecture" a JOIN "SearchRun" r ON r.id = a."runId"
       WHERE a.tags <> '{}' AND ${isListed}
    ) AS used
     WHERE starts_with(tag, ${prefix})
     GROUP BY tag ORDER BY tag LIMIT ${limit}`;
}
