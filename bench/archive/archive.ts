/** A large search as one archive; run by `npm run bench:archive`. */
import { mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { migrate } from "@opnas/prisma";
import { startEmbeddedPostgres } from "@opnas/prisma/embedded";
import pg from "pg";
import { largestShare, seed } from "../api/seed.ts";
import { startServerProcess } from "../api/servers.ts";
import { runBench, whole } from "../common/command.ts";
import { note } from "../common/progress.ts";

const about = `Seconds, and the most memory of the API's process, that it takes to write a made search of
--candidates as one archive and to import it into another database: with an evaluation and three events for each
candidate. Files go to the folder for temporary files (TMPDIR).`;

await runBench(
  {
    name: "bench:archive",
    about,
    options: { candidates: whole(10).default(10_000) },
    quick: { candidates: "100" },
  },
  async ({ candidates }) => {
    const folder = await mkdtemp(path.join(tmpdir(), "opnas-archive-bench-"));
    const postgres = await startEmbeddedPostgres({ folder: path.join(folder, "database") });
    // The servers keep artifacts there, of which these searches have none.
    process.env["OPNAS_ARTIFACTS"] = path.join(folder, "artifacts");
    try {
      const rows = await measure(postgres.url, path.join(folder, "run.opnas"), candidates);
      console.table(rows);
      return { candidates, rows };
    } finally {
      await postgres.stop();
      await rm(folder, { recursive: true, force: true });
    }
  },
);

async function measure(url: string, file: string, candidates: number) {
  const runId = await fill(url, candidates);
  const written = await within(url, async (port) => {
    const response = await fetch(`http://127.0.0.1:${port}/export/runs/${runId}/archive`);
    if (!response.ok) throw new Error(await response.text());
    await writeFile(file, Buffer.from(await response.arrayBuffer()));
  });
  const other = new URL(url);
  other.pathname = "/other";
  await asked(url, "CREATE DATABASE other");
  await migrate(other.href);
  const imported = await within(other.href, async (port) => {
    const body = await readFile(file);
    const response = await fetch(`http://127.0.0.1:${port}/import/runs`, { method: "POST", body });
    if (response.status !== 201) throw new Error(await response.text());
  });
  const { size } = await stat(file);
  return [
    { work: "write", ...written, megabytes: size / 1e6 },
    { work: "import", ...imported, megabytes: size / 1e6 },
  ];
}

/** Stores a search with its results and events. @returns its id */
async function fill(url: string, candidates: number): Promise<string> {
  await migrate(url);
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    note(`Making a search of ${candidates} candidates.`);
    const { largestRun } = await seed(client, { rows: candidates / largestShare, runs: 1 });
    await client.query(
      `INSERT INTO "RunEvent" ("runId", seq, kind, payload)
       SELECT "runId", row_number() OVER (ORDER BY id, part), 'candidate.started',
              jsonb_build_object('architectureId', id, 'attempt', part)
         FROM "Architecture", generate_series(1, 3) AS part WHERE "runId" = $1`,
      [largestRun],
    );
    await client.query(
      `UPDATE "SearchRun" SET "lastSeq" = (SELECT max(seq) FROM "RunEvent") WHERE id = $1`,
      [largestRun],
    );
    return largestRun;
  } finally {
    await client.end();
  }
}

async function asked(url: string, sql: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  await client.query(sql);
  await client.end();
}

/** Runs `act` against a server of its own. @returns its seconds, and the process's memory before and at most */
async function within(url: string, act: (port: number) => Promise<void>) {
  const server = await startServerProcess("ours", url);
  const before = server.memory();
  let most = before;
  const watch = setInterval(() => (most = Math.max(most, server.memory())), 500);
  try {
    const start = performance.now();
    await act(server.port);
    const seconds = (performance.now() - start) / 1000;
    return { seconds, mebibytesBefore: before, mebibytesMost: most };
  } finally {
    clearInterval(watch);
    await server.stop();
  }
}
