import { open, type FileHandle } from "node:fs/promises";
import { OpnasError } from "@opnas/core";
import type { NamedTensor, Tensors } from "../engine/hostTensor.js";
import {
  lengthBytes,
  longestHeader,
  parseHeader,
  sha256,
  type TensorPlace,
} from "./safetensors.js";
import { bytesOfType, isReadable, readableTypes, toFloats } from "./numberTypes.js";

/** Most bytes of one read: Node cannot read 2 GiB at once. */
const chunkBytes = 2 ** 24;

/**
 * An open .safetensors file. Only its header is read at once; a tensor is read where it stands, when
 * it is asked for, and compared with its checksum. So a file may be larger than memory.
 */
export class TensorFile {
  private constructor(
    private readonly file: string,
    private readonly handle: FileHandle,
    private readonly dataStart: number,
    private readonly places: ReadonlyMap<string, TensorPlace>,
    /** The checksum that `writeTensors` returned for it. */
    readonly checksum: string,
  ) {}

  /**
   * Opens a file and reads its header. The caller closes it.
   * @throws OpnasError CORRUPT_ARTIFACT if it is cut off or its parts do not fit one another; Node's
   *   error where there is no such file
   */
  static async open(file: string): Promise<TensorFile> {
    const handle = await open(file);
    try {
      const { size } = await handle.stat();
      const { bytes, places } = await readHeader(file, handle, size);
      return new TensorFile(file, handle, bytes.length, places, sha256(bytes));
    } catch (error) {
      await handle.close();
      throw error;
    }
  }

  get names(): string[] {
    return [...this.places.keys()];
  }

  /**
   * Reads one tensor. Numbers of 16 bits become float32 numbers of the same values.
   * @throws OpnasError CORRUPT_ARTIFACT if it is missing, not what was written, or of other numbers
   */
  async read(name: string): Promise<NamedTensor> {
    const place = this.places.get(name);
    if (place === undefined) throw corrupt(this.file, `it has no tensor "${name}"`);
    const { type, shape, start, end, checksum } = place;
    if (!isReadable(type)) {
      const types = readableTypes.join(", ");
      throw corrupt(this.file, `the tensor "${name}" has numbers of type ${type}, not ${types}`);
    }
    const bytes = new Uint8Array(end - start);
    await readFully(this.file, this.handle, bytes, this.dataStart + start);
    if (checksum !== undefined && sha256(bytes) !== checksum) {
      throw corrupt(this.file, `the tensor "${name}" is not what was written`);
    }
    return { shape, data: toFloats(type, bytes) };
  }

  close(): Promise<void> {
    return this.handle.close();
  }
}

/**
 * Reads float32 tensors of a .safetensors file: those of the given names, or all.
 * @param expected the file's checksum, where it is known
 * @throws OpnasError CORRUPT_ARTIFACT if the file is another one, is cut off or damaged, or lacks one
 *   of the tensors; Node's error where there is no such file
 */
export async function readTensors(
  file: string,
  names?: Iterable<string>,
  expected?: string | null,
): Promise<Tensors> {
  const opened = await TensorFile.open(file);
  try {
    if (typeof expected === "string" && expected !== opened.checksum) {
      throw corrupt(file, "it is not the file that was stored under this name");
    }
    const tensors: Tensors = new Map();
    for (const name of names ?? opened.names) tensors.set(name, await opened.read(name));
    return tensors;
  } finally {
    await opened.close();
  }
}

async function readHeader(file: string, handle: FileHandle, size: number) {
  if (size < lengthBytes) throw corrupt(file, "it has no header");
  const start = Buffer.alloc(lengthBytes);
  await readFully(file, handle, start, 0);
  const headerLength = Number(start.readBigUInt64LE(0));
  const dataStart = lengthBytes + headerLength;
  if (headerLength > longestHeader || dataStart > size) throw corrupt(file, "it is cut off");
  const bytes = Buffer.alloc(dataStart);
  await readFully(file, handle, bytes, 0);

  const places = parseHeader(bytes.toString("utf8", lengthBytes));
  if (!places) throw corrupt(file, "its header is not a list of tensors");
  let end = 0;
  for (const [name, place] of places) {
    const count = place.shape.reduce((product, length) => product * length, 1);
    const length = place.end - place.start;
    const wanted = bytesOfType(place.type);
    const fits = place.start === end && (wanted === undefined || length === count * wanted);
    if (!fits || dataStart + place.end > size) {
      throw corrupt(file, `the tensor "${name}" is not where its header says`);
    }
    end = place.end;
  }
  if (dataStart + end !== size) throw corrupt(file, "it is longer than its header says");
  return { bytes, places };
}

/** Fills `bytes` from the place `position` of the file. */
async function readFully(file: string, handle: FileHandle, bytes: Uint8Array, position: number) {
  for (let done = 0; done < bytes.length;) {
    const wanted = Math.min(chunkBytes, bytes.length - done);
    const { bytesRead } = await handle.read(bytes, done, wanted, position + done);
    if (bytesRead === 0) throw corrupt(file, "it is cut off");
    done += bytesRead;
  }
}

function corrupt(file: string, what: string): OpnasError {
  return new OpnasError("CORRUPT_ARTIFACT", `The file ${file} cannot be used: ${what}.`);
}
