import { Worker } from "node:worker_threads";
import { errorCodes, OpnasError, toOpnasError } from "@opnas/core";
import { z } from "zod";
import type { DataReport, DataRequest } from "./build.js";
import { preparedSchema } from "./cache.js";
import type { Speech } from "./corpus.js";
import type { PreparedData } from "./types.js";

/** Compiled, also where this file runs as TypeScript. */
const threadFile = new URL("../../dist/data/buildThread.js", import.meta.url);

const messageSchema = z.union([
  z.strictObject({ message: z.string(), fraction: z.number() }),
  z.strictObject({ data: preparedSchema }),
  z.strictObject({ code: z.enum(errorCodes), sentence: z.string() }),
]);

/** What the thread says: how far it is, and in the end the data or what was wrong. */
export type BuildMessage = z.infer<typeof messageSchema>;

/**
 * `buildData` in a thread of its own: the calling one can be asked to stop meanwhile.
 *
 * @param report what it throws ends the work
 * @throws OpnasError what `buildData` throws
 */
export async function buildAside(
  request: DataRequest,
  speeches: readonly Speech[],
  report: DataReport,
): Promise<PreparedData> {
  const thread = new Worker(threadFile, { workerData: { request, speeches } });
  try {
    return await new Promise((resolve, reject) => {
      const take = (message: unknown) => {
        const said = messageSchema.parse(message);
        if ("data" in said) resolve(said.data);
        else if ("code" in said) reject(new OpnasError(said.code, said.sentence));
        else report(said.message, said.fraction);
      };
      thread.once("error", reject);
      thread.once("exit", () => reject(new OpnasError("INTERNAL", "The text's thread ended.")));
      thread.on("message", (message) => {
        try {
          take(message);
        } catch (error) {
          reject(toOpnasError(error));
        }
      });
    });
  } finally {
    await thread.terminate();
  }
}
