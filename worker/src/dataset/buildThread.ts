/** The thread of aside.ts. */
import { parentPort, workerData } from "node:worker_threads";
import { searchSettingsSchema, taskNames, toOpnasError } from "@opnas/core";
import { z } from "zod";
import type { AsideMessage } from "./buildInThread.js";
import { buildData } from "./build.js";
import { prepareOwnHere } from "./userText.js";
import { textPlacesSchema } from "./places.js";

const requestSchema = z.object({
  vocabulary: z.int(),
  length: z.int(),
  tasks: z.array(z.enum(taskNames)),
  evaluationExamples: z.int(),
});
const startSchema = z.union([
  z.object({
    request: requestSchema,
    documents: z.array(z.object({ name: z.string(), text: z.string() })),
  }),
  z.object({
    own: z.object({
      request: requestSchema,
      text: searchSettingsSchema.shape.text,
      places: textPlacesSchema,
    }),
  }),
]);

const say = (message: AsideMessage) => parentPort?.postMessage(message);
const report = (message: string, fraction: number) => say({ message, fraction });

try {
  const start = startSchema.parse(workerData);
  const data =
    "own" in start
      ? await prepareOwnHere(start.own, report)
      : await buildData(start.request, start.documents, report);
  say({ data });
} catch (error) {
  const { code, message } = toOpnasError(error);
  if (code === "INTERNAL") console.error(error);
  say({ code, sentence: message });
}
