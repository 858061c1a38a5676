/** The record's file: gzipped JSON, always whole. */
import { readFile, rename, writeFile } from "node:fs/promises";
import { isDeepStrictEqual } from "node:util";
import { gunzipSync, gzipSync } from "node:zlib";

/** What is in the file, or a new record; refuses one that was made under other conditions. */
export async function readRecord(file, conditions) {
  let bytes;
  try {
    bytes = await readFile(file);
  } catch (error) {
    if (error.code === "ENOENT") return { ...conditions, entries: [] };
    throw error;
  }
  const record = JSON.parse(gunzipSync(bytes));
  // A setting that is younger than some records.
  record.settings.size = { rawKernels: false, ...record.settings.size };
  for (const [name, value] of Object.entries(conditions)) {
    if (isDeepStrictEqual(record[name], value)) continue;
    throw new Error(`${file} was made with other ${name}; take another file.`);
  }
  return record;
}

export async function writeRecord(file, record) {
  const draft = `${file}.writing`;
  await writeFile(draft, gzipSync(JSON.stringify(record), { level: 9 }));
  await rename(draft, file);
}
