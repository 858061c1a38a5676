import { createReadStream, createWriteStream } from "node:fs";
import path from "node:path";
import { pipeline } from "node:stream/promises";
import { extract } from "tar-stream";

/**
 * Unpacks the files of an archive into a folder, without the archive's own folder, and returns their
 * paths. An entry that is no file is passed over.
 */
export async function unpack(archive: string, folder: string): Promise<string[]> {
  const files: string[] = [];
  const entries = extract();
  entries.on("entry", ({ name, type }, content, next) => {
    // Names come from the server: none may lead elsewhere.
    const file = path.join(folder, path.basename(name));
    if (type !== "file") {
      content.resume();
      content.on("end", next);
      return;
    }
    files.push(file);
    pipeline(content, createWriteStream(file)).then(() => next(), next);
  });
  await pipeline(createReadStream(archive), entries);
  return files;
}
