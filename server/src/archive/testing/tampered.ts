import { createHash } from "node:crypto";
import { gzipSync } from "node:zlib";
import { type Header, pack } from "tar-stream";
import { z } from "zod";
import { digestOf } from "../manifest.js";
import { unpacked } from "./unpacked.js";

/** An entry of an archive, with whatever header an attack needs. */
export type Entry = [header: Partial<Header> & { name: string }, content: Buffer | string];

/** Packs entries, of whatever kind, as an archive. */
export async function packed(entries: readonly Entry[]): Promise<Buffer> {
  const archive = pack();
  for (const [header, content] of entries) archive.entry(header, content);
  archive.finalize();
  const chunks: Buffer[] = [];
  for await (const chunk of archive) if (Buffer.isBuffer(chunk)) chunks.push(chunk);
  return gzipSync(Buffer.concat(chunks), { level: 1 });
}

/** Changes of an archive: the text of files, and fields of the manifest beside those that follow from it. */
export interface Changes {
  files?: Record<string, (text: string) => string>;
  manifest?: Record<string, unknown>;
}

/** Changes files of an archive, whose manifest then states what they are: checksums find nothing. */
export async function tampered(
  archive: Buffer,
  { files = {}, manifest = {} }: Changes,
): Promise<Buffer> {
  const contents = unpacked(archive);
  const stated = z.looseObject({}).parse(JSON.parse(String(contents.get("run/manifest.json"))));
  contents.delete("run/manifest.json");
  for (const [name, change] of Object.entries(files)) {
    contents.set(`run/${name}`, Buffer.from(change(String(contents.get(`run/${name}`) ?? ""))));
  }
  const now = [...contents].map(([name, content]) => ({
    name: name.slice("run/".length),
    bytes: content.length,
    sha256: createHash("sha256").update(content).digest("hex"),
  }));
  const after = { ...stated, files: now, digest: digestOf(now), ...manifest };
  contents.set("run/manifest.json", Buffer.from(JSON.stringify(after)));
  return packed([...contents].map(([name, content]): Entry => [{ name }, content]));
}

/** Changes the first row of a file of rows. */
export function firstRow(change: Record<string, unknown>): (text: string) => string {
  return (text) => {
    const [first = "{}", ...rest] = text.split("\n");
    const row = z.looseObject({}).parse(JSON.parse(first));
    return [JSON.stringify({ ...row, ...change }), ...rest].join("\n");
  };
}
