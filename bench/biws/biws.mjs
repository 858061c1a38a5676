/**
 * What weight sharing is worth: how far the ranking of architectures by scores with inherited
 * weights agrees with their ranking when each is trained alone (a record of `npm run
 * bench:record`), at what cost, and what would have agreed as well.
 *
 *   npm run bench:biws -- [--json FILE] [--record FILE.json.gz] [--skip 64] [--architectures 200]
 *     [--seeds 4] [--override '{"superNet":{"steps":4000}}'] [--engine auto] [--keep FOLDER]
 *
 * How long the super-net trains (a sixth of the record's steps) and a candidate is fine-tuned
 * (twice the record's) was chosen on the record's first 64 random architectures (decision 0018), so
 * these are skipped: what counts is the ranking of the others.
 *
 * Beside the super-net (two branches a step), one with a single branch a step is trained, for as
 * many sub-networks; and the numbers of parameters, FLOPs and convolution layers rank for nothing.
 * Each is compared by Kendall's τ over all architectures and over those that learned alone under
 * every seed, with 95 % intervals by resampling the architectures. A few architectures are trained
 * alone again, in turn with the candidates, so that both costs are of one machine at one time.
 * `--keep` keeps the super-nets and uses those that are there; what they cost is then not known.
 */
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { parseArgs } from "node:util";
import { candidateCount, searchSettingsSchema } from "@opnas/core";
import { readTensors } from "@opnas/worker";
import { startPool } from "../pool/pool.mjs";
import { eta, note } from "../pool/progress.mjs";
import { merge, settingsOf } from "../pool/settings.mjs";
import { mean } from "../pool/statistics.mjs";
import { readRecord } from "../record/file.mjs";
import { kendallWithInterval } from "./interval.mjs";

const processes = 2;
/** Architectures that are trained alone again, for the cost. */
const againAlone = 4;

const { values: options } = parseArgs({
  options: {
    json: { type: "string" },
    record: { type: "string", default: "bench/record/alone.json.gz" },
    skip: { type: "string", default: "64" },
    architectures: { type: "string", default: "200" },
    seeds: { type: "string", default: "4" },
    override: { type: "string", default: "{}" },
    engine: { type: "string", default: "auto" },
    keep: { type: "string" },
  },
});

const record = await readRecord(options.record, {});
const { batch, learningRate } = record.plan;
const recorded = settingsOf("tiny", { ...record.settings, superNet: { batch, learningRate } });
const chosen = merge(recorded, {
  superNet: { steps: Math.round(record.plan.steps / 6) },
  fineTune: { steps: 2 * recorded.fineTune.steps },
});
const settings = searchSettingsSchema.parse(merge(chosen, JSON.parse(options.override)));
const skipped = Number(options.skip);
const entries = record.entries
  .filter(({ name, runs }) => name === undefined && runs.length > 0)
  .slice(skipped, skipped + Number(options.architectures));
if (entries.length < 2) {
  throw new Error(
    `${options.record} has ${entries.length} random architectures after the first ${skipped}; lower --skip.`,
  );
}
const truth = entries.map(({ runs }) => mean(runs.map(({ score }) => score)));
const learned = entries.map(({ runs }) => runs.every(({ stability }) => stability === "STABLE"));
const seeds = Array.from({ length: Number(options.seeds) }, (_, index) => index + 1);

const { superNet } = settings;
const variants = {
  biws: settings,
  oneBranch: { ...settings, superNet: { ...superNet, branches: "one", steps: 2 * superNet.steps } },
};

const folder = options.keep ?? (await mkdtemp(path.join(tmpdir(), "opnas-biws-")));
await mkdir(folder, { recursive: true });
const pool = await startPool(processes, options.engine);
try {
  note(`${entries.length} architectures on ${pool.engine.name}, ${processes} processes`);
  const trainings = Object.keys(variants).flatMap((variant) =>
    seeds.map((seed) => ({ variant, seed })),
  );
  const superNetSeconds = await trainSuperNets(trainings);
  const { results, candidateSeconds, aloneSeconds } = await scoreAll(trainings);
  const report = await summary({ results, superNetSeconds, candidateSeconds, aloneSeconds });
  print(report);
  if (options.json) await writeFile(options.json, `${JSON.stringify(report, undefined, 2)}\n`);
} finally {
  pool.end();
  if (!options.keep) await rm(folder, { recursive: true });
}

function fileOf({ variant, seed }) {
  return path.join(folder, `${variant}-${seed}.safetensors`);
}

/** Seconds of each super-net of the first kind that was trained now. */
async function trainSuperNets(trainings) {
  const open = trainings.filter((training) => !existsSync(fileOf(training)));
  const requests = open.map((training) => {
    const { variant, seed } = training;
    return {
      type: "superNet",
      settings: variants[variant],
      seed,
      superNetFile: fileOf(training),
    };
  });
  const seconds = [];
  const shares = new Map();
  const clock = eta();
  await pool.run(requests, {
    progress: (index, { step, total }) => {
      shares.set(index, step / total);
      const share = [...shares.values()].reduce((sum, each) => sum + each, 0) / open.length;
      note(`super-nets: ${(100 * share).toFixed(0)} %, ${clock(share)}`, 5000);
    },
    done: (index, _, took) => {
      if (open[index].variant === "biws") seconds.push(took);
    },
  });
  return seconds;
}

/** Every architecture with every super-net's weights; and a few alone, in between. */
async function scoreAll(trainings) {
  const alone = entries.slice(0, againAlone).map(({ key, architecture }) => {
    return {
      type: "alone",
      settings: recorded,
      seed: 1,
      plan: record.plan,
      key,
      architecture,
    };
  });
  const inherited = trainings.flatMap((training) =>
    entries.map(({ key, architecture }, at) => {
      const superNetFile = fileOf(training);
      const { variant, seed } = training;
      const request = { type: "evaluate", settings, seed, superNetFile, architecture, key };
      return { request, variant, seed, at };
    }),
  );
  const requests = [...alone, ...inherited.map(({ request }) => request)];
  // Alone ones evenly among the others.
  const order = requests
    .map((_, index) => ({
      index,
      place: index < againAlone ? (index + 0.5) * (requests.length / againAlone) : index,
    }))
    .sort((a, b) => a.place - b.place)
    .map(({ index }) => index);
  const results = Object.fromEntries(
    Object.keys(variants).map((variant) => [variant, seeds.map(() => [])]),
  );
  const [candidateSeconds, aloneSeconds] = [[], []];
  const clock = eta();
  let count = 0;
  await pool.run(
    order.map((index) => requests[index]),
    {
      done: (place, { score, heldOutLoss, taskScores }, seconds) => {
        const index = order[place];
        if (index < againAlone) aloneSeconds.push(seconds);
        else {
          const { variant, seed, at } = inherited[index - againAlone];
          const tasks = Object.fromEntries(taskScores.map(({ task, score }) => [task, score]));
          results[variant][seed - 1][at] = { score, heldOutLoss, tasks };
          candidateSeconds.push(seconds);
        }
        note(`${++count}/${requests.length} scored, ${clock(count / requests.length)}`, 5000);
      },
    },
  );
  return { results, candidateSeconds, aloneSeconds };
}

async function summary({ results, superNetSeconds, candidateSeconds, aloneSeconds }) {
  const among = (values) => values.filter((_, at) => learned[at]);
  const agreement = (values) => ({
    all: kendallWithInterval(values, truth),
    learners: kendallWithInterval(among(values), among(truth)),
  });
  const bySeed = (variant) =>
    meanOver(results[variant].map((each) => agreement(each.map(({ score }) => score))));
  const candidates = candidateCount(settings);
  const perCandidate = mean(candidateSeconds) + mean(superNetSeconds) / candidates;
  const twice = entries.every(({ runs }) => runs.length > 1);
  const noise = twice && [0, 1].map((at) => entries.map(({ runs }) => runs[at].score));
  const { all, learners } = bySeed("biws");
  return {
    tau: all,
    tauLearners: learners,
    costRatio: superNetSeconds.length > 0 ? perCandidate / mean(aloneSeconds) : null,
    proxies: {
      parameters: agreement(entries.map(({ parameters }) => parameters)),
      flops: agreement(entries.map(({ flops }) => flops)),
      convolutions: agreement(entries.map(({ architecture }) => convolutions(architecture))),
      oneBranch: bySeed("oneBranch"),
    },
    ...(noise && {
      betweenSeedsAlone: {
        all: kendallWithInterval(...noise),
        learners: kendallWithInterval(...noise.map(among)),
      },
    }),
    seconds: {
      superNet: superNetSeconds.length > 0 ? mean(superNetSeconds) : null,
      candidate: mean(candidateSeconds),
      alone: mean(aloneSeconds),
      candidatesOfASearch: candidates,
    },
    trained: Object.fromEntries(
      await Promise.all(Object.keys(variants).map(async (name) => [name, await counts(name)])),
    ),
    architectures: entries.length,
    learners: learned.filter(Boolean).length,
    seeds: seeds.length,
    settings,
    plan: record.plan,
    scores: entries.map(({ key }, at) => ({
      key,
      alone: truth[at],
      learned: learned[at],
      ...Object.fromEntries(
        Object.entries(results).map(([variant, ofSeeds]) => [
          variant,
          ofSeeds.map((ofArchitectures) => ofArchitectures[at]),
        ]),
      ),
    })),
  };
}

function convolutions({ layers }) {
  return layers.filter(({ kind }) => kind === "conv").length;
}

/** The mean of the seeds' figures. */
function meanOver(agreements) {
  const over = (pick) => ({
    median: mean(agreements.map((each) => pick(each).median)),
    low: mean(agreements.map((each) => pick(each).low)),
    high: mean(agreements.map((each) => pick(each).high)),
  });
  return { all: over(({ all }) => all), learners: over(({ learners }) => learners) };
}

/** How often each branch of each layer was trained, of the first seed's super-net. */
async function counts(variant) {
  const tensors = await readTensors(fileOf({ variant, seed: 1 }));
  const of = (kind) => [...tensors.get(`training.trained.${kind}`).data];
  return { attention: of("attention"), convolution: of("conv") };
}

function print({ tau, tauLearners, costRatio, proxies, betweenSeedsAlone, seconds, trained }) {
  const show = ({ median, low, high }) =>
    `${median.toFixed(2)} (${low.toFixed(2)}–${high.toFixed(2)})`;
  const rows = {
    "two branches a step": { all: tau, learners: tauLearners },
    "one branch a step": proxies.oneBranch,
    parameters: proxies.parameters,
    FLOPs: proxies.flops,
    "convolution layers": proxies.convolutions,
    ...(betweenSeedsAlone && { "alone, one seed against another": betweenSeedsAlone }),
  };
  console.log("Kendall's τ with scores trained alone: all, learners");
  for (const [name, { all, learners }] of Object.entries(rows)) {
    console.log(`  ${name}: ${show(all)}, ${show(learners)}`);
  }
  console.log(`cost ratio ${costRatio?.toFixed(3) ?? "not known"}`, seconds);
  console.log("trained", JSON.stringify(trained));
}
