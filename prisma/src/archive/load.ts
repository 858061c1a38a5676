import { OpnasError } from "@opnas/core";
import type pg from "pg";
import { z } from "zod";
import { runChannel } from "../channels.js";
import { openForArchive } from "./collect.js";
import { closeOpenWork } from "./openWork.js";
import type { RunOrigin } from "./origin.js";
import { archivedSettingsSchema, rowSchemas } from "./rows.js";
import { RowLoader, parseRow, refusalOf } from "./rowLoader.js";
import { archivedTables, runTable, settingsFile, withRun } from "./tables.js";

/** The files of an archive, which are read when they are asked for. */
export interface ArchiveSource {
  /** Reads a small file. */
  text(file: string): Promise<string>;
  /** Reads a file line by line; one that the archive does not have has none. */
  lines(file: string): AsyncIterable<string>;
}

/** A run that is to be loaded: its id, what it becomes part of, and where its files are. */
export interface RunToLoad {
  runId: string;
  teamId: string | null;
  ownerId: string | null;
  origin: RunOrigin;
  /** Id of the artifact store that has its super-net; null where that is not imported. */
  superNetStore: string | null;
  /** Begin of the addresses of models in this platform's artifact store. */
  storeAddress: string;
  /**
   * Stores the files that the rows name; called when all rows are known to be usable.
   * @param named names, in the artifact store, of the super-net's file and of the models' folders
   */
  storeFiles: (named: ReadonlySet<string>) => Promise<void>;
}

/** The result of a run's loading. */
export interface LoadedRun {
  /** Number of rows by file. */
  rows: Record<string, number>;
  /** Fields of a newer version that have no place here, such as `architectures.jsonl: color`. */
  ignored: string[];
}

/** The most workers that one archive may name. */
const maxWorkers = 10_000;

/**
 * Stores the rows of an archived run in one transaction: all of them with their ids, or nothing. Every row
 * is checked by its schema, and has to belong to the run. A run that was open becomes CANCELLED, with an
 * event that says so, and its open pre-trainings and reproductions end, too: their jobs are elsewhere.
 * The team is held until then: one that is deleted at the same time takes the run along to the team that
 * gets its runs, or is gone before the first row.
 * @throws OpnasError `BAD_INPUT` for rows that cannot be used; `WRONG_STATE` where a row with an id of the
 * archive is there already; `NOT_FOUND` for a team that is gone
 */
export async function loadRun(
  databaseUrl: string,
  source: ArchiveSource,
  target: RunToLoad,
): Promise<LoadedRun> {
  const client = await openForArchive(databaseUrl);
  try {
    await client.query("BEGIN");
    await holdTeam(client, target.teamId);
    const loader = new RowLoader(client, target.runId);
    await loadRow(loader, source, target);
    const workers: string[] = [];
    for (const each of archivedTables) {
      if (each.table === "Worker") loader.fill = workerFill;
      for await (const row of loader.load(each, source.lines(each.file))) {
        if (each.table === "Worker") workers.push(z.string().parse(row["id"]));
        if (workers.length > maxWorkers)
          throw bad(each.file, `it names over ${maxWorkers} workers`);
      }
      loader.fill = {};
    }
    await checkWhole(client, target.runId, workers);
    const named = await namedArtifacts(client, target.runId);
    await client.query(
      `UPDATE "Training" t SET artifact = $1 || '/' || artifact
         FROM "Architecture" a WHERE a.id = t."architectureId" AND a."runId" = $2 AND artifact IS NOT NULL`,
      [target.storeAddress, target.runId],
    );
    await closeOpenWork(client, target.runId);
    // Files take longer than a transaction may otherwise stand still.
    await client.query("SET LOCAL idle_in_transaction_session_timeout = '1h'");
    await target.storeFiles(named);
    await client.query(`SELECT pg_notify($1, $2)`, [runChannel, target.runId]);
    await client.query("COMMIT");
    return { rows: loader.rows, ignored: [...loader.ignored].sort() };
  } catch (error) {
    throw refusalOf(error);
  } finally {
    await client.end(); // rolls back what was not committed
  }
}

/**
 * Locks the row of the team that is to own the run: a deletion waits until the run is stored, and moves it
 * with the others.
 */
async function holdTeam(client: pg.Client, teamId: string | null): Promise<void> {
  if (teamId === null) return;
  const sql = `SELECT 1 FROM "Team" WHERE id = $1 FOR KEY SHARE`;
  const { rowCount } = await client.query(sql, [teamId]);
  if (rowCount !== 0) return;
  const message =
    "The team that the run was for was deleted while the archive was received. Nothing was imported: import it into another team.";
  throw new OpnasError("NOT_FOUND", message);
}

/** Columns of a worker that archives leave out: it is one that ended long ago, and no list shows it. */
const workerFill = {
  status: "'stopped'",
  currentJobs: "'[]'::jsonb",
  lastSeenAt: `least(t."startedAt", clock_timestamp() - interval '1 day')`,
};

/** Stores the run's own row with its settings. */
async function loadRow(
  loader: RowLoader,
  source: ArchiveSource,
  { runId, teamId, ownerId, origin, superNetStore }: RunToLoad,
): Promise<void> {
  const { row, unknown } = parseRow(
    rowSchemas.SearchRun,
    await source.text(runTable.file),
    "run.json",
  );
  if (row.id !== runId) throw bad(runTable.file, "it is another run than the manifest says");
  const text = await source.text(settingsFile);
  const settings = parseRow(archivedSettingsSchema, text, settingsFile).row;
  loader.ignore(runTable.file, unknown);
  const stored = { ...row, settings, teamId, ownerId, origin, superNetStore };
  await loader.insert(runTable, [stored]);
}

/** Checks what rows say of one another, where no single row tells. */
async function checkWhole(client: pg.Client, runId: string, workers: string[]): Promise<void> {
  const checks: [file: string, reason: string, sql: string, values?: unknown[]][] = [
    [
      "architectures.jsonl",
      "a parent is of another run",
      `SELECT 1 FROM "Architecture" t JOIN "Architecture" p ON p.id = t."parentId"
        WHERE t."runId" = $run AND p."runId" <> $run LIMIT 1`,
    ],
    [
      "events.jsonl",
      "an event has a higher number than the run's last",
      `SELECT 1 FROM "RunEvent" t JOIN "SearchRun" r ON r.id = t."runId"
        WHERE t."runId" = $run AND t.seq > r."lastSeq" LIMIT 1`,
    ],
    [
      "workers.jsonl",
      "a worker has evaluated nothing of the run",
      `SELECT 1 FROM unnest($1::uuid[]) AS w (id)
        WHERE NOT EXISTS (SELECT 1 FROM "Evaluation" e WHERE e."runId" = $run AND e."workerId" = w.id)
        LIMIT 1`,
      [workers],
    ],
  ];
  for (const [file, reason, sql, values = []] of checks) {
    const { rowCount } = await client.query(withRun(sql, runId), values);
    if (rowCount !== 0) throw bad(file, reason);
  }
}

/** Reads what the rows of a run name in the artifact store. */
async function namedArtifacts(client: pg.Client, runId: string): Promise<Set<string>> {
  const { rows } = await client.query<{ name: string }>(
    withRun(
      `SELECT r.id || '/' || r."superNetFile" AS name FROM "SearchRun" r
        WHERE r.id = $run AND r."superNetFile" IS NOT NULL
       UNION ALL
       SELECT t.artifact FROM "Training" t JOIN "Architecture" a ON a.id = t."architectureId"
        WHERE a."runId" = $run AND t.artifact IS NOT NULL`,
      runId,
    ),
  );
  return new Set(rows.map(({ name }) => name));
}

function bad(file: string, reason: string): OpnasError {
  return new OpnasError("BAD_INPUT", `${file} cannot be used: ${reason}.`);
}
