import {
  closeSync,
  createReadStream,
  createWriteStream,
  fstatSync,
  mkdirSync,
  openSync,
  readSync,
} from "node:fs";
import path from "node:path";
import { pipeline } from "node:stream/promises";
import { createInflateRaw } from "node:zlib";

const END_OF_DIRECTORY = 0x06054b50;
const DIRECTORY_ENTRY = 0x02014b50;

/**
 * Unpacks those files of a zip archive, such as a Python wheel, for which `target(name)` returns a
 * path. Archives of more than 4 GB are not supported.
 */
export async function unzip(archive, target) {
  const file = openSync(archive, "r");
  try {
    for (const entry of entries(file)) {
      const to = target(entry.name);
      if (!to) continue;
      mkdirSync(path.dirname(to), { recursive: true });
      const header = read(file, entry.offset, 30);
      const start = entry.offset + 30 + header.readUInt16LE(26) + header.readUInt16LE(28);
      const stored = createReadStream(archive, { start, end: start + entry.packedSize - 1 });
      if (entry.method === 0) await pipeline(stored, createWriteStream(to));
      else await pipeline(stored, createInflateRaw(), createWriteStream(to));
    }
  } finally {
    closeSync(file);
  }
}

function* entries(file) {
  const { size } = fstatSync(file);
  const tail = read(file, Math.max(0, size - 65_557), Math.min(size, 65_557));
  const end = tail.lastIndexOf(Buffer.from([0x50, 0x4b, 0x05, 0x06]));
  if (end < 0 || tail.readUInt32LE(end) !== END_OF_DIRECTORY) throw new Error("not a zip archive");
  const directory = read(file, tail.readUInt32LE(end + 16), tail.readUInt32LE(end + 12));
  for (let at = 0; at < directory.length && directory.readUInt32LE(at) === DIRECTORY_ENTRY;) {
    const [nameLength, extra, comment] = [28, 30, 32].map((o) => directory.readUInt16LE(at + o));
    yield {
      method: directory.readUInt16LE(at + 10),
      packedSize: directory.readUInt32LE(at + 20),
      offset: directory.readUInt32LE(at + 42),
      name: directory.toString("utf8", at + 46, at + 46 + nameLength),
    };
    at += 46 + nameLength + extra + comment;
  }
}

function read(file, position, length) {
  const buffer = Buffer.alloc(length);
  const count = readSync(file, buffer, 0, length, position);
  if (count !== length) throw new Error("the archive ends too early");
  return buffer;
}
