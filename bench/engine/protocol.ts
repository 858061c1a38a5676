/** The questions that both sides of the engine bench answer, and ours alone. */
import { z } from "zod";
import { kinds, modelNames } from "./cases.ts";

const count = z.int().min(1);

/** A question to our side. */
export const questionSchema = z.discriminatedUnion("ask", [
  /** Makes a case ready and writes its weights and batches to a file, for the other side. */
  z.strictObject({
    ask: z.literal("prepare"),
    model: z.enum(modelNames),
    kind: z.enum(kinds),
    file: z.string(),
  }),
  /** Trains so many steps from the beginning; answers their losses. */
  z.strictObject({ ask: z.literal("losses"), count }),
  /** Trains so many steps more; answers the seconds. */
  z.strictObject({ ask: z.literal("run"), count }),
  z.strictObject({ ask: z.literal("memory") }),
]);
export type Question = z.infer<typeof questionSchema>;

/** Losses in nats, which may be not a number. */
export const lossesSchema = z.array(z.union([z.number(), z.nan()]));
export const secondsSchema = z.number();

/** The greatest resident memory so far. */
export const peakMemorySchema = z.object({ bytes: z.number() });
/** Memory in use; our side also reports resident memory and the number of tensors on the engine. */
export const memorySchema = peakMemorySchema.extend({
  residentBytes: z.number(),
  tensors: z.int(),
});
export const engineSchema = z.object({ name: z.string(), version: z.string() });
