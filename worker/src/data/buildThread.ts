/** The thread of buildAside.ts. */
import { parentPort, workerData } from "node:worker_threads";
import { taskNames, toOpnasError } from "@opnas/core";
import { z } from "zod";
import { buildData } from "./build.js";
import type { BuildMessage } from "./buildAside.js";

const startSchema = z.object({
  request: z.object({
    vocabulary: z.int(),
    length: z.int(),
    tasks: z.array(z.enum(taskNames)),
    evaluationExamples: z.int(),
  }),
  speeches: z.array(z.object({ name: z.string(), text: z.string() })),
});

const say = (message: BuildMessage) => parentPort?.postMessage(message);

try {
  const { request, speeches } = startSchema.parse(workerData);
  const data = await buildData(request, speeches, (message, fraction) =>
    say({ message, fraction }),
  );
  say({ data });
} catch (error) {
  const { code, message } = toOpnasError(error);
  if (code === "INTERNAL") console.error(error);
  say({ code, sentence: message });
}
