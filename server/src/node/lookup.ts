import type { Database, Export, Pretraining, Reproduction, SearchRun } from "@opnas/prisma";
import { type ArchitectureRow, withoutJson } from "../architecture/row.js";
import { isRowId } from "../input.js";
import { notFound } from "../notFound.js";

/**
 * Reads one run, also a deleted one, which is there until its rows are removed.
 * @throws OpnasError `NOT_FOUND`, also for an id of another form
 */
export async function requireRun(database: Database, id: string): Promise<SearchRun> {
  return found("run", id, () => database.searchRun.findUnique({ where: { id } }));
}

/**
 * Reads one architecture, without its JSON.
 * @throws OpnasError `NOT_FOUND`, also for one of a deleted run and for an id of another form
 */
export async function requireArchitecture(
  database: Database,
  id: string,
): Promise<ArchitectureRow> {
  const where = { id, run: { deletedAt: null } };
  return found("architecture", id, () =>
    database.architecture.findUnique({ where, omit: withoutJson }),
  );
}

/**
 * Reads one pre-training.
 * @throws OpnasError `NOT_FOUND`, also for one of a deleted run and for an id of another form
 */
export async function requireTraining(database: Database, id: string): Promise<Pretraining> {
  const where = { id, architecture: { run: { deletedAt: null } } };
  return found("training", id, () => database.pretraining.findUnique({ where }));
}

/**
 * Reads one reproduction.
 * @throws OpnasError `NOT_FOUND`, also for one of a deleted run and for an id of another form
 */
export async function requireReproduction(database: Database, id: string): Promise<Reproduction> {
  const where = { id, architecture: { run: { deletedAt: null } } };
  return found("reproduction", id, () => database.reproduction.findUnique({ where }));
}

/**
 * Reads one export.
 * @throws OpnasError `NOT_FOUND`, also for one of a deleted run and for an id of another form
 */
export async function requireExport(database: Database, id: string): Promise<Export> {
  const where = { id, architecture: { run: { deletedAt: null } } };
  return found("export", id, () => database.export.findUnique({ where }));
}

async function found<Row>(what: string, id: string, read: () => Promise<Row | null>): Promise<Row> {
  const row = isRowId(id) ? await read() : null;
  if (row === null) throw notFound(what, id);
  return row;
}
