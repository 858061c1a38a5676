/**
 * The record of truth: architectures each trained alone, from initial weights of their own, under
 * one fixed budget, and scored on the proxy tasks under several seeds. Strategies and weight sharing
 * are judged by it.
 *
 *   npm run bench:record -- --out FILE.json.gz [--architectures all] [--seeds 2] [--steps 1500]
 *     [--preset tiny] [--override JSON] [--processes 2] [--engine auto] [--search RUN.json,…] [--best 5]
 *
 * `--architectures all` takes every backbone of the tiny space (space.mjs) in its size; a number takes
 * that many random ones of the whole space in the preset's. With `--search` the best of searches'
 * records (`npm run search -- --out RUN.json`) come too: is what was found better by itself? Ctrl-C loses at most the trainings under
 * way: the same command goes on where it ended. Vanilla BERT, AutoBERT-Zero's pattern, attention only
 * and convolution only come first, under their names.
 */
import { readFile } from "node:fs/promises";
import os from "node:os";
import { parseArgs } from "node:util";
import {
  architectureKey,
  flops,
  parameterCount,
  referenceBackbones,
  sampleBackbone,
  stream,
} from "@opnas/core";
import { startPool } from "../pool/pool.mjs";
import { eta, note } from "../pool/progress.mjs";
import { settingsOf } from "../pool/settings.mjs";
import { correlation, mean } from "../pool/statistics.mjs";
import { readRecord, writeRecord } from "./file.mjs";
import { everyBackbone, tinySpaceSettings } from "./space.mjs";

const { values: options } = parseArgs({
  options: {
    out: { type: "string" },
    architectures: { type: "string", default: "all" },
    seeds: { type: "string", default: "2" },
    steps: { type: "string", default: "1500" },
    preset: { type: "string", default: "tiny" },
    override: { type: "string", default: "{}" },
    processes: { type: "string", default: "2" },
    engine: { type: "string", default: "auto" },
    search: { type: "string" },
    best: { type: "string", default: "5" },
  },
});
if (!options.out) throw new Error("--out FILE.json.gz says where the record is kept.");

/** Of the random architectures: as the committed records have them, whatever presets come to say. */
const maxNodes = 10;

const everything = options.architectures === "all";
const override = everything ? tinySpaceSettings : {};
const settings = settingsOf(options.preset, { ...override, ...JSON.parse(options.override) });
const { batch, learningRate } = settings.superNet;
const plan = { steps: Number(options.steps), batch, learningRate };
const seeds = Array.from({ length: Number(options.seeds) }, (_, index) => index + 1);

// Of the settings only what a training alone depends on: the record outlives changes of the others.
const { size, fineTune, masking, evaluationExamples, tasks } = settings;
const conditions = { settings: { size, fineTune, masking, evaluationExamples, tasks }, plan };
const record = await readRecord(options.out, conditions);
const references = referenceBackbones(settings.size.layers);
for (const { name, architecture } of [...references, ...(await searched()), ...wanted()]) {
  const key = architectureKey(architecture);
  if (record.entries.some((entry) => entry.key === key)) continue;
  const costs = {
    parameters: parameterCount(architecture, settings.size),
    flops: flops(architecture, settings.size),
  };
  record.entries.push({ key, ...(name && { name }), architecture, ...costs, runs: [] });
}

const open = record.entries.flatMap((entry) =>
  seeds
    .filter((seed) => !entry.runs.some((run) => run.seed === seed))
    .map((seed) => ({ entry, seed })),
);
const pool = await startPool(Number(options.processes), options.engine);
try {
  note(`${open.length} trainings of ${plan.steps} steps to go, on ${pool.engine.name}`);
  record.machine = { cpu: os.cpus()[0]?.model, processes: Number(options.processes) };
  record.engine = `${pool.engine.name} ${pool.engine.version}`;
  await trainAll();
} finally {
  pool.end();
  await writeRecord(options.out, record);
}
report();

async function trainAll() {
  const requests = open.map(({ entry: { key, architecture }, seed }) => {
    return { type: "alone", settings, seed, plan, key, architecture };
  });
  const clock = eta();
  let count = 0;
  let saving = Promise.resolve();
  await pool.run(requests, {
    done: (index, result, seconds) => {
      const { entry, seed } = open[index];
      const { score, stability, heldOutLoss, heldOutAccuracy } = result;
      const tasks = Object.fromEntries(result.taskScores.map(({ task, score }) => [task, score]));
      entry.runs.push({ seed, score, stability, heldOutLoss, heldOutAccuracy, tasks, seconds });
      entry.runs.sort((a, b) => a.seed - b.seed);
      note(`${++count}/${requests.length} trained, ${clock(count / requests.length)}`, 5000);
      saving = saving.then(() => writeRecord(options.out, record));
    },
  });
  await saving;
}

/** How far seeds agree, over all and over those that learned under every seed. */
function report() {
  const whole = record.entries.filter(({ runs }) => runs.length >= 2);
  const learners = whole.filter(({ runs }) => runs.every((run) => run.stability === "STABLE"));
  for (const [name, entries] of Object.entries({ all: whole, learners })) {
    const [first, second] = [0, 1].map((at) => entries.map(({ runs }) => runs[at].score));
    const r = correlation(first, second)?.toFixed(3) ?? "–";
    const apart = first.map((score, at) => Math.abs(score - second[at]));
    const points = apart.length > 0 ? mean(apart).toFixed(2) : "–";
    console.log(
      `${name}: ${entries.length} architectures, r between seeds ${r}, ${points} points apart`,
    );
  }
}

/** All of the tiny space in random order, so that a part of the record is a fair one; or some. */
function wanted() {
  const { layers } = settings.size;
  const random = stream(0, "architectures of the record");
  if (everything) {
    return random.shuffle(everyBackbone(layers)).map((architecture) => ({ architecture }));
  }
  const found = new Map();
  while (found.size < Number(options.architectures)) {
    const architecture = sampleBackbone(layers, maxNodes, random);
    found.set(architectureKey(architecture), { architecture });
  }
  return [...found.values()];
}

/** The best of each search, with the search's strategy, their place and their score there as name. */
async function searched() {
  const files = options.search?.split(",") ?? [];
  const best = files.map(async (file) => {
    const { strategy, seed, generations } = JSON.parse(await readFile(file, "utf8"));
    const candidates = generations.flatMap((generation) => generation.candidates);
    return candidates
      .toSorted((a, b) => b.score - a.score)
      .slice(0, Number(options.best))
      .map(({ architecture, score }, place) => {
        const name = `${strategy} ${seed}, no. ${place + 1} (${score.toFixed(2)} in the search)`;
        return { name, architecture };
      });
  });
  return (await Promise.all(best)).flat();
}
