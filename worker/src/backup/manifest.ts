import { z } from "zod";

const sha256 = z.string().regex(/^[0-9a-f]{64}$/);

/**
 * The last entry of a backup, by which all others are checked. A file without it is cut off. Fields of
 * newer programs are passed over; a format that must not be read so has another number.
 */
export const manifestSchema = z.object({
  format: z.literal(1),
  /** Time at which the backup began, in ISO form. */
  begun: z.string(),
  migrations: z.array(z.object({ name: z.string(), checksum: sha256 })),
  tables: z.array(z.object({ name: z.string(), columns: z.array(z.string()), rows: z.int() })),
  /** All entries before this one, in their order. */
  entries: z.array(z.object({ name: z.string(), bytes: z.int(), sha256 })),
});
/** The contents and checksums of a backup. */
export type Manifest = z.infer<typeof manifestSchema>;

/** The name of the manifest's entry. */
export const manifestName = "manifest.json";

/** Begins of the names of a backup's files. */
const storedFolders = ["artifacts", "prepared"] as const;

/** Rows of a table as an entry holds them. */
export const rowsSchema = z.array(z.string());

const tableEntry = /^database\/([^/]+)\/\d+\.json\.gz$/;

/** Returns the name of the entry for a part of a table. */
export function tableEntryName(table: string, part: number): string {
  return `database/${table}/${String(part).padStart(6, "0")}.json.gz`;
}

/** Returns the table whose rows an entry holds, or undefined for a file. */
export function tableOf(name: string): string | undefined {
  return tableEntry.exec(name)?.[1];
}

/** Tells whether an entry is a file of one of the stored folders, and cannot lead out of it. */
export function isStoredFile(name: string): boolean {
  const [first = "", ...rest] = name.split("/");
  const isStored = storedFolders.some((folder) => folder === first) && rest.length > 0;
  const isPlain = (part: string) =>
    part !== "" && part !== "." && part !== ".." && !/[\\:\0]/.test(part);
  return isStored && rest.every(isPlain);
}
