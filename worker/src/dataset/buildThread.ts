/** The thread that buildInThread.ts starts. */
import { parentPort, workerData } from "node:worker_threads";
import { toOpnasError } from "@opnas/core";
import { z } from "zod";
import type { BuildMessage } from "./buildInThread.js";
import { buildData } from "./build.js";
import { buildUserText } from "./prepare.js";
import { dataRequestSchema, userTextRequestSchema } from "./request.js";

const startSchema = z.union([
  z.object({
    request: dataRequestSchema,
    documents: z.array(z.object({ name: z.string(), text: z.string() })),
  }),
  z.object({ userText: userTextRequestSchema }),
]);

const send = (message: BuildMessage) => parentPort?.postMessage(message);
const report = (message: string, fraction: number) => send({ message, fraction });

try {
  const start = startSchema.parse(workerData);
  const data =
    "userText" in start
      ? await buildUserText(start.userText, report)
      : await buildData(start.request, start.documents, report);
  send({ data });
} catch (error) {
  const { code, message } = toOpnasError(error);
  if (code === "INTERNAL") console.error(error);
  send({ code, sentence: message });
}
