import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import type { Readable } from "node:stream";
import { OpnasError } from "@opnas/core";
import {
  type ArchiveSource,
  type Database,
  databaseId,
  type LoadedRun,
  loadRun,
  runOriginSchema,
  visibilityOf,
} from "@opnas/prisma";
import type { TeamIds } from "../identity/visible.js";
import { isOfTeams } from "../identity/visible.js";
import { notFound } from "../notFound.js";
import type { Store } from "../modelExport/store.js";
import { type ArtifactKind, namesOfArtifacts, storeArtifacts } from "./artifacts.js";
import { linesOf } from "./lines.js";
import { archiveFormat, digestOf, type Manifest } from "./manifest.js";
import { packArchive } from "./pack.js";
import { readmeOf } from "./readme.js";
import { type ReceivedArchive, receiveArchive } from "./receive.js";
import { spoolRun } from "./spool.js";
import { programVersion } from "./version.js";

/** The account and team that an imported run is to belong to, and the teams that its importer sees. */
export interface Importer {
  ownerId: string | null;
  teamId: string | null;
  teamIds: TeamIds;
}

/** The outcome of an import. */
export interface Imported {
  /** EQUAL where the run was here already as the archive has it, and nothing was changed. */
  result: "IMPORTED" | "EQUAL";
  run: { id: string; name: string; status: string; visibility: string };
  /** Number of rows by file. */
  rows: Record<string, number>;
  /** Artifacts that were stored. */
  artifacts: string[];
  /** Fields of a newer version that have no place here. */
  ignored: string[];
}

/** Writes runs as archives and brings them in from archives (decision 0055). */
export class RunArchives {
  constructor(
    private readonly database: Database,
    private readonly databaseUrl: string,
    private readonly artifacts: Store,
  ) {}

  /**
   * Writes a run as an archive and hands the stream of its bytes to `send`.
   * @throws OpnasError `NOT_FOUND`; `WRONG_STATE` for a deleted run or one without the artifacts that are
   * asked for
   */
  async write(
    runId: string,
    kinds: readonly ArtifactKind[],
    send: (bytes: Readable) => Promise<void>,
  ): Promise<void> {
    await this.inFolder(async (folder) => {
      const store = await this.artifacts.open();
      const found = await this.database.searchRun.findUnique({ where: { id: runId } });
      if (found === null) throw notFound("run", runId);
      if (found.deletedAt !== null) {
        const message = `Run ${found.name} is deleted: restore it before it is archived.`;
        throw new OpnasError("WRONG_STATE", message);
      }
      const artifacts = await namesOfArtifacts(this.database, store, found, kinds);
      const spooled = await spoolRun(this.databaseUrl, runId, folder);
      if (spooled === undefined) throw notFound("run", runId);
      const { run, files } = spooled;
      const { id, name, status, rows, createdAt } = run;
      const database = await databaseId(this.database);
      const manifestOf = (written: Manifest["files"]): Manifest => ({
        format: archiveFormat,
        program: programVersion,
        database,
        madeAt: new Date().toISOString(),
        run: { id, name, status },
        rows,
        digest: digestOf(files),
        files: written,
      });
      const readme = readmeOf({ id, name, rows, artifacts });
      const parts = { readme, rows: files, folder, artifacts, store, time: createdAt, manifestOf };
      await send(packArchive(parts));
    });
  }

  /**
   * Brings a run in from an archive: all of it, with its ids, or nothing.
   * @throws OpnasError `BAD_INPUT` for what is no archive, `TOO_LARGE`, `WRONG_STATE` where a run or another
   * row with an id of the archive is here already and differs
   */
  async import(sent: Readable, importer: Importer): Promise<Imported> {
    return this.inFolder(async (folder) => {
      const archive = await receiveArchive(sent, folder);
      const { id } = archive.manifest.run;
      return (await this.present(archive, importer)) ?? (await this.load(id, archive, importer));
    });
  }

  private async load(
    runId: string,
    { manifest, files }: ReceivedArchive,
    { ownerId, teamId }: Importer,
  ): Promise<Imported> {
    const store = await this.artifacts.open();
    const { digest, database, program, madeAt } = manifest;
    const artifacts = [...files.values()].filter(({ name }) => name.startsWith("artifacts/"));
    const names = artifacts.map(({ name }) => name);
    const hasSuperNet = names.some((name) => name.startsWith(`artifacts/${runId}/`));
    const source: ArchiveSource = {
      text: (name) => readFile(files.get(name)?.file ?? "", "utf8"),
      async *lines(name) {
        const found = files.get(name);
        if (found !== undefined) yield* linesOf(found.file, name);
      },
    };
    let loaded: LoadedRun | undefined;
    const importedAt = new Date().toISOString();
    const stored = await storeArtifacts(store, artifacts, async (storeFiles) => {
      loaded = await loadRun(this.databaseUrl, source, {
        runId,
        ownerId,
        teamId,
        origin: { digest, database, program, madeAt, importedAt, status: manifest.run.status },
        superNetStore: hasSuperNet ? await store.id() : null,
        storeAddress: store.address,
        storeFiles,
      });
    });
    const { rows = {}, ignored = [] } = loaded ?? {};
    const run = await this.outcomeOf(runId);
    return { result: "IMPORTED", run, rows, artifacts: stored, ignored };
  }

  /**
   * Returns the outcome where the run of an archive is here already as the archive has it; undefined where
   * it is not here.
   * @throws OpnasError `WRONG_STATE` where it is another team's, deleted, or differs
   */
  private async present(
    { manifest }: ReceivedArchive,
    { teamIds }: Importer,
  ): Promise<Imported | undefined> {
    const { id } = manifest.run;
    const run = await this.database.searchRun.findUnique({ where: { id } });
    if (run === null) return undefined;
    if (!isOfTeams(teamIds, run)) {
      throw clash(`A run with the id ${id} is here already, and none of your teams has it`);
    }
    if (run.deletedAt !== null) {
      throw clash(`Run ${run.name} (${id}) is here already, and deleted: restore it instead`);
    }
    const origin = runOriginSchema.safeParse(run.origin).data;
    if (origin?.digest !== manifest.digest) {
      const files = (await spoolRun(this.databaseUrl, id, undefined))?.files ?? [];
      const hashes = new Map(manifest.files.map(({ name, sha256 }) => [name, sha256]));
      const others = files.filter(({ name, sha256 }) => hashes.get(name) !== sha256);
      if (others.length > 0) {
        const names = others.map(({ name }) => name).join(", ");
        throw clash(
          `Run ${run.name} (${id}) is here already and differs from the archive in ${names}`,
        );
      }
    }
    const outcome = { rows: manifest.rows, artifacts: [], ignored: [] };
    return { result: "EQUAL", run: await this.outcomeOf(id), ...outcome };
  }

  private async outcomeOf(id: string): Promise<Imported["run"]> {
    const run = await this.database.searchRun.findUniqueOrThrow({ where: { id } });
    return { id, name: run.name, status: run.status, visibility: visibilityOf(run) };
  }

  /** Runs `act` with a temporary folder that goes when it ends. */
  private async inFolder<T>(act: (folder: string) => Promise<T>): Promise<T> {
    const folder = await mkdtemp(path.join(tmpdir(), "opnas-archive-"));
    try {
      return await act(folder);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  }
}

function clash(sentence: string): OpnasError {
  return new OpnasError("WRONG_STATE", `${sentence}. Nothing was imported.`);
}
