import { createHash } from "node:crypto";
import { archivedTables, runTable, settingsFile } from "@opnas/prisma";
import { z } from "zod";

const sha256 = z.string().regex(/^[0-9a-f]{64}$/);

/** Number of the form of archives. Another one means that older programs must not read it. */
export const archiveFormat = 1;

/** The folder of an archive in which all its files are. */
export const archiveFolder = "run/";

/** The names of the files that are not rows. */
export const readmeName = "README.md";
export const manifestName = "manifest.json";

/** The names of the files of rows. */
export const rowFiles: readonly string[] = [
  runTable.file,
  settingsFile,
  ...archivedTables.map(({ file }) => file),
];

/** Begin of the names of a run's artifacts in its archive; the name in the artifact store follows. */
export const artifactFolder = "artifacts/";

/**
 * The last file of an archive, which says what is in it; an archive without it is cut off. Fields of newer
 * programs are passed over.
 */
export const manifestSchema = z.object({
  format: z.int(),
  /** Version of the program that made it. */
  program: z.string().max(100),
  /** Id of the database that it was made from. */
  database: z.string().max(100),
  /** Time at which it was made, in ISO form. */
  madeAt: z.iso.datetime(),
  run: z.object({ id: z.uuid(), name: z.string(), status: z.string().max(100) }),
  /** Number of rows by file. */
  rows: z.record(z.string(), z.int().min(0)),
  /** Checksum of the files of rows, as `digestOf` computes it: equal for equal rows. */
  digest: sha256,
  /** All files before this one, in their order. */
  files: z.array(z.object({ name: z.string(), bytes: z.int().min(0), sha256 })).max(100_000),
});

/** The contents and checksums of an archive. */
export type Manifest = z.infer<typeof manifestSchema>;

/** A file of an archive with its size and checksum. */
export type ArchivedFile = Manifest["files"][number];

/** Returns the checksum of the files of rows: of one line for each, sorted by name, as sha256sum writes it. */
export function digestOf(files: readonly ArchivedFile[]): string {
  const lines = files
    .filter(({ name }) => rowFiles.includes(name))
    .map(({ name, sha256: hash }) => `${hash}  ${name}\n`)
    .sort((a, b) => (a.slice(64) < b.slice(64) ? -1 : 1));
  return createHash("sha256").update(lines.join("")).digest("hex");
}
