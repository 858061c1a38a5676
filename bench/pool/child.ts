/**
 * One process of a bench, with one engine of one thread. It trains super-nets, scores architectures
 * with inherited weights and trains them alone; it answers progress and results.
 */
import path from "node:path";
import { describeError, type SearchSettings } from "@opnas/core";
import {
  engineChoices,
  evaluateCandidate,
  prepareData,
  readTensors,
  startEngine,
  trainAlone,
  trainSuperNet,
  writeTensors,
  type PreparedData,
  type Tensors,
} from "@opnas/worker";
import { cacheFolder } from "@opnas/worker/internals";
import { z } from "zod";
import { requestSchema, type Reply, type Request } from "./protocol.ts";

/** A signal that is never aborted: a bench that is stopped ends its processes. */
const { signal } = new AbortController();
const superNets = new Map<string, Promise<Tensors>>();
const prepared = new Map<string, Promise<PreparedData>>();

const send = (reply: Reply) => process.send?.(reply);

/** Returns what the map holds under the key, made first if there is nothing. */
function kept<T>(map: Map<string, T>, key: string, make: () => T): T {
  const value = map.get(key) ?? make();
  map.set(key, value);
  return value;
}

function dataOf({ size, tasks, evaluationExamples }: SearchSettings): Promise<PreparedData> {
  const { vocabulary, length } = size;
  const request = { vocabulary, length, tasks, evaluationExamples };
  const make = () => prepareData(request, path.join(cacheFolder(), "text"));
  return kept(prepared, JSON.stringify(request), make);
}

async function answer(request: Request): Promise<Reply> {
  const { settings, seed } = request;
  const start = performance.now();
  const seconds = () => (performance.now() - start) / 1000;
  const data = await dataOf(settings);
  if (request.type === "superNet") {
    const trained = await trainSuperNet({
      settings,
      seed,
      data,
      signal,
      onProgress: (progress) => send({ type: "progress", ...progress }),
      checkpoint: () => Promise.resolve(),
    });
    await writeTensors(request.superNetFile, trained);
    return { type: "trained", seconds: seconds() };
  }
  const { architecture, key } = request;
  const input = { architecture, key, settings, seed, data, signal };
  if (request.type === "alone") {
    const result = await trainAlone({ ...input, plan: request.plan });
    return { type: "scored", result, seconds: seconds() };
  }
  const { superNetFile } = request;
  const superNet = await kept(superNets, superNetFile, () => readTensors(superNetFile));
  const result = await evaluateCandidate({ ...input, superNet });
  return { type: "scored", result, seconds: seconds() };
}

process.on("disconnect", () => process.exit());
process.on("message", (message) => {
  const failed = (error: unknown): Reply => ({ type: "failed", message: describeError(error) });
  const work = async () => answer(requestSchema.parse(message));
  void work().catch(failed).then(send);
});

const engine = await startEngine(z.enum(engineChoices).parse(process.argv[2]), 1);
send({ type: "ready", engine });
