/**
 * How far the proxy score can be trusted: random architectures are scored under several run
 * seeds, each with a super-net of its own, and the scores of the seeds are compared.
 *
 *   npm run bench:proxies -- --json FILE [--architectures 24] [--seeds 2] [--preset tiny]
 *     [--engine auto] [--override '{"candidate":{"steps":40}}'] [--keep FOLDER] [--alone 0]
 *
 * `--alone N` also trains each architecture by itself for N steps and says how far the ranking by
 * inherited weights agrees (docs/paper.md §4: what weight sharing must show).
 * `--override` changes settings of the preset; `--keep` keeps the super-nets, and uses those that
 * are there already (after a change of what they depend on, take another folder).
 */
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { parseArgs } from "node:util";
import { architectureKey, sampleBackbone, stream } from "@opnas/core";
import { startPool } from "../pool/pool.mjs";
import { eta, note } from "../pool/progress.mjs";
import { settingsOf } from "../pool/settings.mjs";
import { mean } from "../pool/statistics.mjs";
import { summarise } from "./summary.mjs";
import { print } from "./table.mjs";

const processes = 2;

const { values: options } = parseArgs({
  options: {
    json: { type: "string" },
    architectures: { type: "string", default: "24" },
    seeds: { type: "string", default: "2" },
    preset: { type: "string", default: "tiny" },
    engine: { type: "string", default: "auto" },
    override: { type: "string", default: "{}" },
    keep: { type: "string" },
    alone: { type: "string", default: "0" },
  },
});

const settings = settingsOf(options.preset, JSON.parse(options.override));
const architectures = distinctArchitectures(whole("architectures", 1));
const seeds = Array.from({ length: whole("seeds", 1) }, (_, index) => index + 1);
const aloneSteps = whole("alone", 0);
const folder = options.keep ?? (await mkdtemp(path.join(tmpdir(), "opnas-proxies-")));
await mkdir(folder, { recursive: true });
const superNetFile = (seed) => path.join(folder, `super-net-${seed}.safetensors`);

const pool = await startPool(processes, options.engine);
try {
  note(`engine ${pool.engine.name} ${pool.engine.version}, ${processes} processes of one thread`);
  const superNetSeconds = await trainSuperNets();
  const runs = await evaluateAll();
  const alone = aloneSteps > 0 ? await trainAllAlone() : [];
  const summary = summarise({
    preset: options.preset,
    engine: pool.engine.name,
    runs,
    alone,
    aloneSteps,
    superNetSeconds,
    settings,
  });
  print(summary);
  if (options.json) await writeFile(options.json, `${JSON.stringify(summary, null, 2)}\n`);
} finally {
  pool.end();
  if (!options.keep) await rm(folder, { recursive: true });
}

function whole(name, least) {
  const count = Number(options[name]);
  if (Number.isInteger(count) && count >= least) return count;
  throw new Error(`--${name} must be a whole number from ${least}, not ${options[name]}.`);
}

function distinctArchitectures(count) {
  const random = stream(0, "architectures of the proxy bench");
  const found = new Map();
  while (found.size < count) {
    const sampled = sampleBackbone(settings.size.layers, settings.mutation.maxNodes, random);
    found.set(architectureKey(sampled), sampled);
  }
  return [...found].map(([key, architecture]) => ({ key, architecture }));
}

async function trainSuperNets() {
  const missing = seeds.filter((seed) => !existsSync(superNetFile(seed)));
  const requests = missing.map((seed) => ({
    type: "superNet",
    settings,
    seed,
    superNetFile: superNetFile(seed),
  }));
  const seconds = [];
  const done = missing.map(() => 0);
  const clock = eta();
  await pool.run(requests, {
    progress: (index, { step, total, loss }) => {
      done[index] = step / total;
      const share = mean(done);
      note(
        `super-net of seed ${missing[index]}: step ${step}/${total}, loss ${loss?.toFixed(2)}, ${clock(share)}`,
        5000,
      );
    },
    done: (index, _, taken) => {
      done[index] = 1;
      seconds.push(taken);
      note(`super-net of seed ${missing[index]} done in ${taken.toFixed(0)} s`);
    },
  });
  return seconds;
}

async function evaluateAll() {
  const requests = architectures.flatMap(({ key, architecture }) =>
    seeds.map((seed) => ({
      type: "evaluate",
      settings,
      seed,
      superNetFile: superNetFile(seed),
      architecture,
      key,
    })),
  );
  const runs = await runAll(requests, "evaluations");
  return architectures.map((each, index) => ({
    ...each,
    bySeed: seeds.map((_, at) => runs[index * seeds.length + at]),
  }));
}

async function trainAllAlone() {
  const { batch, learningRate } = settings.superNet;
  const plan = { steps: aloneSteps, batch, learningRate };
  const requests = architectures.map((each) => ({
    type: "alone",
    settings,
    seed: seeds[0],
    plan,
    ...each,
  }));
  return runAll(requests, "trained alone");
}

/** Has all requests done; their results in the same order. */
async function runAll(requests, what) {
  const results = [];
  let count = 0;
  const clock = eta();
  await pool.run(requests, {
    done: (index, result, seconds) => {
      results[index] = { ...result, seconds };
      count++;
      note(`${count}/${requests.length} ${what}, ${clock(count / requests.length)}`, 5000);
    },
  });
  return results;
}
