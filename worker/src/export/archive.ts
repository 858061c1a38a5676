import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import path from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { ArtifactStore } from "@opnas/artifacts";
import { pack } from "tar-stream";
import { z } from "zod";

/** The files of an archive. */
export interface ArchivedFolder {
  /** The folder of this machine that they are in. */
  folder: string;
  files: readonly string[];
  /** The name of the folder in the archive. */
  name: string;
  /** The time that all files of the archive have, so that equal ones have equal bytes. */
  time: Date;
}

/**
 * Writes files as a tar archive into the artifact store, without more of them in memory than a part.
 * Weights hardly get smaller by compression, so there is none.
 * @param archive its name in the store
 * @param onProgress receives the share that is read, 0 to 1
 * @returns the archive's size, and its SHA-256 in hexadecimal digits
 * @throws OpnasError ARTIFACTS_UNREACHABLE, DATA_FOLDER_UNWRITABLE, DISK_FULL; an AbortError once the
 *   signal is aborted
 */
export async function writeArchive(
  store: ArtifactStore,
  archive: string,
  { folder, files, name, time }: ArchivedFolder,
  { signal, onProgress }: { signal: AbortSignal; onProgress: (share: number) => void },
): Promise<{ bytes: number; checksum: string }> {
  const sized = await Promise.all(
    files.map(async (file) => ({ file, size: (await stat(path.join(folder, file))).size })),
  );
  const total = sized.reduce((sum, { size }) => sum + size, 1);
  const tar = pack();
  const hash = createHash("sha256");
  let bytes = 0;
  const counted = async function* () {
    for await (const chunk of tar) {
      const part = partSchema.parse(chunk);
      hash.update(part);
      bytes += part.length;
      onProgress(Math.min(1, bytes / total));
      yield part;
    }
  };
  const feed = async () => {
    for (const { file, size } of sized) {
      const entry = tar.entry({ name: `${name}/${file}`, size, mtime: time });
      await pipeline(createReadStream(path.join(folder, file)), entry, { signal });
    }
    tar.finalize();
  };
  // Whichever fails ends the other.
  const end = (error: unknown) => {
    tar.destroy(error instanceof Error ? error : new Error(String(error)));
    throw error;
  };
  const writing = store.write(archive, Readable.from(counted(), { objectMode: false }));
  const ended = await Promise.allSettled([writing.catch(end), feed().catch(end)]);
  for (const each of ended) if (each.status === "rejected") throw each.reason;
  return { bytes, checksum: hash.digest("hex") };
}

const partSchema = z.instanceof(Uint8Array);
