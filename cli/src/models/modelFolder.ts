import { createHash } from "node:crypto";
import { open, readFile } from "node:fs/promises";
import path from "node:path";
import { z } from "zod";
import { CliError, exitCodes } from "../api/error.js";

const modelSchema = z.looseObject({
  architecture: z.record(z.string(), z.unknown()),
  size: z.record(z.string(), z.unknown()),
});

/** The longest header of a .safetensors file, as the platform reads them. */
const longestHeader = 100_000_000;

/** A trained model as its folder describes it, without its weights. */
export interface FoundModel {
  architecture: unknown;
  size: unknown;
  /** SHA-256 of the weights' header, which holds those of all tensors. */
  checksum: string;
}

/**
 * Reads what a model's folder says of it: model.json, and the header of weights.safetensors.
 * @throws CliError for files that are missing or of another form
 */
export async function readModelFolder(folder: string): Promise<FoundModel> {
  const file = path.join(folder, "model.json");
  const { architecture, size } = await readJsonAs(modelSchema, file);
  return { architecture, size, checksum: await headerChecksum(folder) };
}

/**
 * Reads a JSON file of a form.
 * @throws CliError naming the file
 */
export async function readJsonAs<T>(form: z.ZodType<T>, file: string): Promise<T> {
  try {
    return form.parse(JSON.parse(await readFile(file, "utf8")));
  } catch (error) {
    const reason =
      error instanceof z.ZodError
        ? `${error.issues[0]?.path.join(".") ?? ""}: ${error.issues[0]?.message ?? ""}`
        : String(error);
    throw new CliError(`${file} cannot be read: ${reason}`, exitCodes.usage);
  }
}

async function headerChecksum(folder: string): Promise<string> {
  const file = path.join(folder, "weights.safetensors");
  const refuse = (reason: string) =>
    new CliError(`${file} cannot be read: ${reason}`, exitCodes.usage);
  const handle = await open(file).catch((error: unknown) => {
    throw refuse(String(error));
  });
  try {
    const start = Buffer.alloc(8);
    await handle.read(start, 0, 8, 0);
    const length = Number(start.readBigUInt64LE());
    if (length > longestHeader) throw refuse("it has no header");
    const header = Buffer.alloc(8 + length);
    const { bytesRead } = await handle.read(header, 0, header.length, 0);
    if (bytesRead < header.length) throw refuse("it is cut off");
    return createHash("sha256").update(header).digest("hex");
  } finally {
    await handle.close();
  }
}
