import { mkdir, readFile, writeFile, rename } from "node:fs/promises";
import { join } from "node:path";
import { architectureSchema, modelSizeSchema, OpnasError } from "@opnas/core";
import { z } from "zod";
import { readTensors, writeTensors, type Tensors } from "./safetensors.js";

const modelSchema = z
  .strictObject({
    version: z.literal(1),
    architecture: architectureSchema,
    size: modelSizeSchema,
    /** Token strings by id. */
    vocabulary: z.array(z.string()),
  })
  .refine(({ architecture, size }) => architecture.layers.length === size.layers, {
    error: "the architecture has another number of layers than the size",
  });

/** What a trained model's weights belong to. */
export type ModelDescription = z.infer<typeof modelSchema>;

/** A trained model: what it is, and its weights by name. */
export interface StoredModel extends ModelDescription {
  weights: Tensors;
}

const descriptionFile = "model.json";
const weightsFile = "weights.safetensors";

/**
 * Writes a model as a folder: `model.json` and `weights.safetensors`. The description comes last, so
 * a folder that has one is whole.
 * @throws OpnasError DISK_FULL
 */
export async function writeModel(folder: string, model: StoredModel): Promise<void> {
  const { weights, ...description } = model;
  await mkdir(folder, { recursive: true });
  await writeTensors(join(folder, weightsFile), weights);
  const file = join(folder, descriptionFile);
  const temporary = `${file}.${process.pid}.tmp`;
  await writeFile(temporary, `${JSON.stringify(modelSchema.parse(description))}\n`);
  await rename(temporary, file);
}

/** @throws OpnasError CORRUPT_ARTIFACT if the folder holds no such model */
export async function readModel(folder: string): Promise<StoredModel> {
  const file = join(folder, descriptionFile);
  try {
    const description = modelSchema.parse(JSON.parse(await readFile(file, "utf8")));
    return { ...description, weights: await readTensors(join(folder, weightsFile)) };
  } catch (error) {
    if (error instanceof OpnasError) throw error;
    throw new OpnasError("CORRUPT_ARTIFACT", `${folder} does not hold a trained model.`, {
      cause: error,
    });
  }
}
