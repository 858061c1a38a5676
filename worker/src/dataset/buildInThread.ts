import { Worker } from "node:worker_threads";
import { errorCodes, OpnasError, toOpnasError } from "@opnas/core";
import { z } from "zod";
import type { DataReport } from "./build.js";
import type { DataRequest, UserTextRequest } from "./request.js";
import type { Document } from "../text/corpus.js";
import { preparedDataSchema } from "../text/schemas.js";
import type { PreparedData } from "../text/types.js";

/** Compiled, also where this file runs as TypeScript. */
const threadFile = new URL("../../dist/dataset/buildThread.js", import.meta.url);

const messageSchema = z.union([
  z.strictObject({ message: z.string(), fraction: z.number() }),
  z.strictObject({ data: preparedDataSchema }),
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
export function buildDataInThread(
  request: DataRequest,
  documents: readonly Document[],
  report: DataReport,
): Promise<PreparedData> {
  return runInThread({ request, documents }, report);
}

/**
 * `buildUserText` in a thread of its own.
 *
 * @param report what it throws ends the work
 * @throws OpnasError what `buildUserText` throws
 */
export function buildUserTextInThread(
  userText: UserTextRequest,
  report: DataReport,
): Promise<PreparedData> {
  return runInThread({ userText }, report);
}

async function runInThread(workerData: unknown, report: DataReport): Promise<PreparedData> {
  const thread = new Worker(threadFile, { workerData });
  try {
    return await new Promise((resolve, reject) => {
      const take = (message: unknown) => {
        const said = messageSchema.parse(message);
        if ("data" in said) resolve(said.data);
        else if ("code" in said) reject(new OpnasError(said.code, said.sentence));
        else report(said.message, said.fraction);
      };
      thread.once("error", (error) => reject(threadError(error)));
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

/** What ended the thread; a text that its memory does not hold is the user's to make smaller. */
function threadError(error: unknown): OpnasError {
  if (error instanceof Error && "code" in error && error.code === "ERR_WORKER_OUT_OF_MEMORY") {
    const message = "The text does not fit into memory; take a part of it.";
    return new OpnasError("TOO_LARGE", message, { cause: error });
  }
  return toOpnasError(error);
}
