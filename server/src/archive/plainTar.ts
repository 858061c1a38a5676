import { OpnasError } from "@opnas/core";

const blockBytes = 512;

/** Types of entries that archives have: files, also as the oldest programs wrote them, and folders. */
const plainTypes = new Set(["0", "\0", "5"]);

/**
 * Passes the bytes of a tar archive on, and refuses one with entries of other kinds than files and
 * folders: links, devices, and headers that change what follows, whose content a reader holds in memory.
 * @throws OpnasError `BAD_INPUT`
 */
export async function* plainTar(source: AsyncIterable<Buffer>): AsyncGenerator<Buffer, void> {
  let header = Buffer.alloc(0);
  let content = 0;
  for await (const chunk of source) {
    for (let at = 0; at < chunk.length;) {
      if (content > 0) {
        const passed = Math.min(content, chunk.length - at);
        content -= passed;
        at += passed;
        continue;
      }
      const part = chunk.subarray(at, at + blockBytes - header.length);
      header = Buffer.concat([header, part]);
      at += part.length;
      if (header.length < blockBytes) break;
      content = contentOf(header);
      header = Buffer.alloc(0);
    }
    yield chunk;
  }
}

/** Returns the bytes that follow a header, with what fills their last block. */
function contentOf(header: Buffer): number {
  if (header.every((byte) => byte === 0)) return 0;
  const type = header.toString("latin1", 156, 157);
  if (!plainTypes.has(type))
    throw refused("it holds something that is neither a file nor a folder");
  const size = header.toString("latin1", 124, 136).replace(/[\0 ]+$/, "");
  if (!/^[0-7]{1,12}$/.test(size)) throw refused("the size of a file is no number");
  return Math.ceil(Number.parseInt(size, 8) / blockBytes) * blockBytes;
}

function refused(reason: string): OpnasError {
  return new OpnasError("BAD_INPUT", `The archive cannot be used: ${reason}.`);
}
