/** The record of truth: architectures each trained alone; run by `npm run bench:record`. */
import { mkdtemp, readFile, rm } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import {
  architectureKey,
  architectureSchema,
  flops,
  parameterCount,
  referenceBackbones,
  sampleBackbone,
  stream,
  type Architecture,
} from "@opnas/core";
import { engineChoices } from "@opnas/worker";
import { z } from "zod";
import {
  jsonObject,
  list,
  runBench,
  text,
  UsageError,
  whole,
  type Options,
} from "../common/command.ts";
import { item, numbersFrom } from "../common/items.ts";
import { eta, note } from "../common/progress.ts";
import { quickOverride, settingsOf } from "../common/settings.ts";
import { correlation, mean } from "../common/statistics.ts";
import { startPool, type Pool } from "../pool/pool.ts";
import type { ScoreRequest } from "../pool/protocol.ts";
import { openRecord, writeRecord, type TrainingRecord } from "./file.ts";
import { everyBackbone, tinySpaceSettings } from "./space.ts";

const about = `The record of truth: architectures each trained alone, from initial weights of their own, under one
fixed budget, and scored on the proxy tasks under several seeds. Strategies and weight sharing are
judged by it. --out FILE.json.gz says where it is kept; a quick run without it keeps nothing.

--architectures all takes every backbone of the tiny space (space.ts) in its size; a number takes that
many random ones of the whole space in the preset's. With --search RUN.json,… the best (--best) of
searches' records (npm run search -- --out RUN.json) come too: is what was found better by itself?
Ctrl-C loses at most the trainings under way: the same command goes on where it ended. Vanilla BERT,
AutoBERT-Zero's pattern, attention only and convolution only come first, under their names.`;

/**
 * Settings of the random architectures, as the committed records have them, whatever presets come
 * to say.
 */
const maxNodes = 10;

const options = {
  out: text.optional(),
  architectures: z.union([z.literal("all"), whole(0)]).default("all"),
  seeds: whole(1).default(2),
  steps: whole(0).default(1500),
  preset: text.default("tiny"),
  override: jsonObject.default({}),
  processes: whole(1).default(2),
  engine: z.enum(engineChoices).default("auto"),
  search: list(text).optional(),
  best: whole(1).default(5),
};
const quick = {
  architectures: "1",
  seeds: "2",
  steps: "2",
  preset: "smoke",
  override: quickOverride,
};

/** An architecture that the record is to hold, with the name that it has there, if any. */
interface Wanted {
  name?: string;
  architecture: Architecture;
}

/** A search's record, as far as its candidates are read from it. */
const searchSchema = z.object({
  strategy: z.string(),
  seed: z.int(),
  generations: z.array(
    z.object({
      candidates: z.array(z.object({ architecture: architectureSchema, score: z.number() })),
    }),
  ),
});

await runBench({ name: "bench:record", about, options, quick }, async (options) => {
  if (options.out === undefined && !options.quick) throw new UsageError("--out: it is needed");
  const kept =
    options.out ??
    path.join(await mkdtemp(path.join(os.tmpdir(), "opnas-record-")), "record.json.gz");
  try {
    return await extend(kept, options);
  } finally {
    if (options.out === undefined) await rm(path.dirname(kept), { recursive: true });
  }
});

type RecordOptions = Options<typeof options>;

/** Trains what the file's record lacks, and keeps it there. */
async function extend(file: string, options: RecordOptions): Promise<TrainingRecord> {
  const everything = options.architectures === "all";
  const override = everything ? tinySpaceSettings : {};
  const settings = settingsOf(options.preset, { ...override, ...options.override });
  const { size, fineTune, masking, repeats, reversals, evaluationExamples, tasks } = settings;
  const { batch, learningRate } = settings.superNet;
  const plan = { steps: options.steps, batch, learningRate };
  const conditions = {
    settings: { size, fineTune, masking, repeats, reversals, evaluationExamples, tasks },
    plan,
  };
  const record = await openRecord(file, conditions);
  const { layers } = size;
  const found = await searched(options.search ?? [], options.best);
  for (const wanted of [
    ...referenceBackbones(layers),
    ...found,
    ...wantedOf(layers, options.architectures),
  ]) {
    add(record, wanted);
  }

  const open = record.entries.flatMap((entry) =>
    numbersFrom(1, options.seeds)
      .filter((seed) => !entry.runs.some((run) => run.seed === seed))
      .map((seed) => {
        const { key, architecture } = entry;
        const request: ScoreRequest = { type: "alone", settings, seed, plan, key, architecture };
        return { entry, request };
      }),
  );
  const pool = await startPool(options.processes, options.engine);
  try {
    note(`${open.length} trainings of ${plan.steps} steps to go, on ${pool.engine.name}`);
    const cpu = os.cpus()[0]?.model;
    record.machine = { ...(cpu !== undefined && { cpu }), processes: options.processes };
    record.engine = `${pool.engine.name} ${pool.engine.version}`;
    await trainAll(pool, open, () => writeRecord(file, record));
  } finally {
    pool.end();
    await writeRecord(file, record);
  }
  printAgreement(record);
  return record;
}

function add(record: TrainingRecord, { name, architecture }: Wanted): void {
  const { size } = record.settings;
  const key = architectureKey(architecture);
  if (record.entries.some((entry) => entry.key === key)) return;
  const costs = {
    parameters: parameterCount(architecture, size),
    flops: flops(architecture, size),
  };
  const named = name === undefined ? {} : { name };
  record.entries.push({ key, ...named, architecture, ...costs, runs: [] });
}

async function trainAll(
  pool: Pool,
  open: readonly { entry: TrainingRecord["entries"][number]; request: ScoreRequest }[],
  save: () => Promise<void>,
): Promise<void> {
  const clock = eta();
  let count = 0;
  let saving = Promise.resolve();
  await pool.score(
    open.map(({ request }) => request),
    (index, result, seconds) => {
      const { entry, request } = item(open, index);
      const { score, stability, heldOutLoss, heldOutAccuracy } = result;
      const tasks = Object.fromEntries(result.taskScores.map(({ task, score }) => [task, score]));
      const { seed } = request;
      entry.runs.push({ seed, score, stability, heldOutLoss, heldOutAccuracy, tasks, seconds });
      entry.runs.sort((a, b) => a.seed - b.seed);
      note(`${++count}/${open.length} trained, ${clock(count / open.length)}`, 5000);
      saving = saving.then(save);
    },
  );
  await saving;
}

/** Prints how far seeds agree, over all and over those that learned under every seed. */
function printAgreement({ entries }: TrainingRecord): void {
  const whole = entries.filter(({ runs }) => runs.length >= 2);
  const learners = whole.filter(({ runs }) => runs.every((run) => run.stability === "STABLE"));
  for (const [name, entries] of Object.entries({ all: whole, learners })) {
    const scores = (at: number) => entries.map(({ runs }) => item(runs, at).score);
    const [first, second] = [scores(0), scores(1)];
    const r = correlation(first, second)?.toFixed(3) ?? "–";
    const apart = first.map((score, at) => Math.abs(score - item(second, at)));
    const points = apart.length > 0 ? mean(apart).toFixed(2) : "–";
    console.log(
      `${name}: ${entries.length} architectures, r between seeds ${r}, ${points} points apart`,
    );
  }
}

/**
 * Returns all of the tiny space in random order, so that a part of the record is a fair one; or
 * some.
 */
function wantedOf(layers: number, count: number | "all"): Wanted[] {
  const random = stream(0, "architectures of the record");
  if (count === "all") {
    return random.shuffle(everyBackbone(layers)).map((architecture) => ({ architecture }));
  }
  const found = new Map<string, Wanted>();
  while (found.size < count) {
    const architecture = sampleBackbone(layers, maxNodes, random);
    found.set(architectureKey(architecture), { architecture });
  }
  return [...found.values()];
}

/**
 * Returns the best of each search, named by the search's strategy, their place and their score
 * there.
 */
async function searched(files: readonly string[], count: number): Promise<Wanted[]> {
  const best = files.map(async (file) => {
    const content: unknown = JSON.parse(await readFile(file, "utf8"));
    const { strategy, seed, generations } = searchSchema.parse(content);
    const candidates = generations.flatMap((generation) => generation.candidates);
    return candidates
      .toSorted((a, b) => b.score - a.score)
      .slice(0, count)
      .map(({ architecture, score }, place) => {
        const name = `${strategy} ${seed}, no. ${place + 1} (${score.toFixed(2)} in the search)`;
        return { name, architecture };
      });
  });
  return (await Promise.all(best)).flat();
}
