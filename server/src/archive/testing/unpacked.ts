import { gunzipSync } from "node:zlib";

/** Returns the files of an archive by name, read without the platform or any library: as tar lays them out. */
export function unpacked(archive: Buffer): Map<string, Buffer> {
  const tar = gunzipSync(archive);
  const files = new Map<string, Buffer>();
  for (let at = 0; tar[at] !== 0 && at < tar.length;) {
    const text = (from: number, to: number) =>
      tar.toString("utf8", at + from, at + to).replace(/\0.*$/s, "");
    const bytes = Number.parseInt(text(124, 136), 8);
    files.set(text(0, 100), tar.subarray(at + 512, at + 512 + bytes));
    at += 512 + Math.ceil(bytes / 512) * 512;
  }
  return files;
}
