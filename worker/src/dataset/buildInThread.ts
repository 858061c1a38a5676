import { Worker } from "node:worker_threads";
import { errorCodes, OpnasError, toOpnasError } from "@opnas/core";
import { z } from "zod";
import type { DataReport } from "./build.js";
import type { DataRequest, UserTextRequest } from "./request.js";
import type { Document } from "../text/corpus.js";
import { preparedDataSchema } from "../text/schemas.js";
import type { PreparedData } from "../text/types.js";

/** The compiled thread, also where this file runs as TypeScript. */
const threadFile = new URL("../../dist/dataset/buildThread.js", import.meta.url);

const messageSchema = z.union([
  z.strictObject({ message: z.string(), fraction: z.number() }),
  z.strictObject({ data: preparedDataSchema }),
  z.strictObject({ code: z.enum(errorCodes), sentence: z.string() }),
]);

/** A message of the thread: its progress, and in the end the data or an error. */
export type BuildMessage = z.infer<typeof messageSchema>;

/**
 * Runs `buildData` in a thread of its own, so that the calling thread can be asked to stop
 * meanwhile.
 *
 * @param report an error that it throws ends the work
 * @throws OpnasError as `buildData`, and TOO_LARGE if the text does not fit into memory
 */
export function buildDataInThread(
  request: DataRequest,
  documents: readonly Document[],
  report: DataReport,
): Promise<PreparedData> {
  return runInThread({ request, documents }, report);
}

/**
 * Runs `buildUserText` in a thread of its own.
 *
 * @param report an error that it throws ends the work
 * @throws OpnasError as `buildUserText`, and TOO_LARGE if the text does not fit into memory
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
        const parsed = messageSchema.parse(message);
        if ("data" in parsed) resolve(parsed.data);
        else if ("code" in parsed) reject(new OpnasError(parsed.code, parsed.sentence));
        else report(parsed.message, parsed.fraction);
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

/**
 * Turns the error that ended the thread into an OpnasError: TOO_LARGE if its memory was exhausted.
 */
function threadError(error: unknown): OpnasError {
  if (error instanceof Error && "code" in error && error.code === "ERR_WORKER_OUT_OF_MEMORY") {
    const message = "The text does not fit into memory; take a part of it.";
    return new OpnasError("TOO_LARGE", message, { cause: error });
  }
  return toOpnasError(error);
}
