import { createReadStream } from "node:fs";
import { OpnasError } from "@opnas/core";

/** The most bytes of one row; an architecture of 48 layers has some 100,000. */
const maxLineBytes = 1024 * 1024;

/**
 * Reads a text file line by line, none of which is longer than a row may be; empty ones are left out.
 * @param name of the file, for the sentence of an error
 * @throws OpnasError `BAD_INPUT` for a longer line, and for bytes that are no UTF-8
 */
export async function* linesOf(file: string, name: string): AsyncGenerator<string, void> {
  let parts: Buffer[] = [];
  let bytes = 0;
  const add = (part: Buffer) => {
    bytes += part.length;
    if (bytes > maxLineBytes) {
      const message = `${name} cannot be used: a line is longer than ${maxLineBytes} bytes.`;
      throw new OpnasError("BAD_INPUT", message);
    }
    parts.push(part);
  };
  const taken = () => {
    const line = decoded(Buffer.concat(parts), name);
    [parts, bytes] = [[], 0];
    return line;
  };
  for await (const chunk of createReadStream(file)) {
    if (!Buffer.isBuffer(chunk)) continue;
    let from = 0;
    for (let end = chunk.indexOf(10); end !== -1; end = chunk.indexOf(10, from)) {
      add(chunk.subarray(from, end));
      from = end + 1;
      const line = taken();
      if (line.trim() !== "") yield line;
    }
    add(chunk.subarray(from));
  }
  const rest = taken();
  if (rest.trim() !== "") yield rest;
}

const utf8 = new TextDecoder("utf-8", { fatal: true });

function decoded(bytes: Buffer, name: string): string {
  try {
    return utf8.decode(bytes);
  } catch (error) {
    const message = `${name} cannot be used: it is no text in UTF-8.`;
    throw new OpnasError("BAD_INPUT", message, { cause: error });
  }
}
