/**
 * One process of the bench, with one engine of one thread. Asked to train a super-net, or to score
 * an architecture with inherited weights or trained alone; answers progress and results.
 */
import path from "node:path";
import {
  evaluateCandidate,
  prepareData,
  readTensors,
  startEngine,
  trainAlone,
  trainSuperNet,
  writeTensors,
} from "@opnas/worker";
import { cacheFolder } from "../../worker/native/location.mjs";

const stopped = () => false;
const superNets = new Map();
const prepared = new Map();

async function dataOf({ size, tasks, evaluationExamples }) {
  const { vocabulary, length } = size;
  const request = { vocabulary, length, tasks, evaluationExamples };
  const key = JSON.stringify(request);
  if (!prepared.has(key)) {
    prepared.set(key, await prepareData(request, path.join(cacheFolder(), "text")));
  }
  return prepared.get(key);
}

async function superNetOf(file) {
  if (!superNets.has(file)) superNets.set(file, await readTensors(file));
  return superNets.get(file);
}

async function work({ type, settings, seed, superNetFile, architecture, key, plan }) {
  if (type === "superNet") {
    const trained = await trainSuperNet({
      settings,
      seed,
      data: await dataOf(settings),
      report: (progress) => process.send({ type: "progress", ...progress }),
      checkpoint: () => Promise.resolve(),
      stopped,
    });
    await writeTensors(superNetFile, trained);
    return undefined;
  }
  const input = { architecture, key, settings, seed, data: await dataOf(settings), stopped };
  return type === "alone"
    ? trainAlone({ ...input, plan })
    : evaluateCandidate({ ...input, superNet: await superNetOf(superNetFile) });
}

process.on("disconnect", () => process.exit());
process.on("message", async (request) => {
  const start = performance.now();
  try {
    const result = await work(request);
    process.send({ type: "done", result, seconds: (performance.now() - start) / 1000 });
  } catch (error) {
    process.send({ type: "failed", message: String(error?.stack ?? error) });
  }
});

const engine = await startEngine(process.argv[2] ?? "auto", 1);
process.send({ type: "ready", engine });
