/** Agreement of proxy scores between seeds; run by `npm run bench:proxies`. */
import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import {
  architectureKey,
  sampleBackbone,
  stream,
  type Architecture,
  type SearchSettings,
} from "@opnas/core";
import { engineChoices } from "@opnas/worker";
import { z } from "zod";
import { jsonObject, runBench, text, whole } from "../common/command.ts";
import { item, numbersFrom } from "../common/items.ts";
import { eta, note } from "../common/progress.ts";
import { quickOverride, settingsOf } from "../common/settings.ts";
import { startPool, type Pool } from "../pool/pool.ts";
import type { ScoreRequest } from "../pool/protocol.ts";
import { trainSuperNets } from "../pool/superNets.ts";
import { summarise, type ArchitectureRuns, type TimedResult } from "./summary.ts";
import { print } from "./table.ts";

const about = `How far the proxy score can be trusted: random architectures are scored under several run seeds,
each with a super-net of its own, and the scores of the seeds are compared.

--alone N also trains each architecture by itself for N steps and says how far the ranking by inherited
weights agrees (paper §4: what weight sharing must show). --override changes settings of the preset:
'{"candidate":{"steps":40}}'. --keep FOLDER keeps the super-nets, and uses those that are there already
(after a change of what they depend on, take another folder).`;

const processes = 2;

await runBench(
  {
    name: "bench:proxies",
    about,
    options: {
      architectures: whole(1).default(24),
      seeds: whole(1).default(2),
      preset: text.default("tiny"),
      engine: z.enum(engineChoices).default("auto"),
      override: jsonObject.default({}),
      keep: text.optional(),
      alone: whole(0).default(0),
    },
    quick: { architectures: "3", preset: "smoke", override: quickOverride, alone: "2" },
  },
  async (options) => {
    const settings = settingsOf(options.preset, options.override);
    const architectures = distinctArchitectures(settings, options.architectures);
    const seeds = numbersFrom(1, options.seeds);
    const folder = options.keep ?? (await mkdtemp(path.join(tmpdir(), "opnas-proxies-")));
    await mkdir(folder, { recursive: true });
    const plan = { settings, architectures, seeds, folder };
    const pool = await startPool(processes, options.engine);
    try {
      const { name, version } = pool.engine;
      note(`engine ${name} ${version}, ${processes} processes of one thread`);
      const superNets = seeds.map((seed) => {
        const superNetFile = superNetOf(folder, seed);
        return { type: "superNet", settings, seed, superNetFile } as const;
      });
      const superNetSeconds = [...(await trainSuperNets(pool, superNets)).values()];
      const runs = await evaluateAll(pool, plan);
      const aloneSteps = options.alone;
      const alone = aloneSteps > 0 ? await trainAllAlone(pool, plan, aloneSteps) : [];
      const { preset } = options;
      const summary = {
        preset,
        engine: name,
        ...summarise({ runs, alone, aloneSteps, superNetSeconds, settings }),
      };
      print(summary);
      return summary;
    } finally {
      pool.end();
      if (!options.keep) await rm(folder, { recursive: true });
    }
  },
);

interface Keyed {
  key: string;
  architecture: Architecture;
}

interface Plan {
  settings: SearchSettings;
  architectures: readonly Keyed[];
  seeds: readonly number[];
  /** The folder of the super-nets. */
  folder: string;
}

function superNetOf(folder: string, seed: number): string {
  return path.join(folder, `super-net-${seed}.safetensors`);
}

function distinctArchitectures({ size, mutation }: SearchSettings, count: number): Keyed[] {
  const random = stream(0, "architectures of the proxy bench");
  const found = new Map<string, Architecture>();
  while (found.size < count) {
    const sampled = sampleBackbone(size.layers, mutation.maxNodes, random);
    found.set(architectureKey(sampled), sampled);
  }
  return [...found].map(([key, architecture]) => ({ key, architecture }));
}

/** Scores every architecture with every seed's super-net. */
async function evaluateAll(
  pool: Pool,
  { settings, architectures, seeds, folder }: Plan,
): Promise<ArchitectureRuns[]> {
  const requests = architectures.flatMap((each) =>
    seeds.map((seed): ScoreRequest => {
      const superNetFile = superNetOf(folder, seed);
      return { type: "evaluate", settings, seed, superNetFile, ...each };
    }),
  );
  const runs = await scoreInOrder(pool, requests, "evaluations");
  return architectures.map((each, index) => {
    const first = index * seeds.length;
    return { ...each, bySeed: runs.slice(first, first + seeds.length) };
  });
}

async function trainAllAlone(
  pool: Pool,
  { settings, architectures, seeds }: Plan,
  steps: number,
): Promise<TimedResult[]> {
  const { batch, learningRate } = settings.superNet;
  const plan = { steps, batch, learningRate };
  const seed = item(seeds, 0);
  const requests = architectures.map((each): ScoreRequest => {
    return { type: "alone", settings, seed, plan, ...each };
  });
  return scoreInOrder(pool, requests, "trained alone");
}

/** Has all requests done; returns their results in the same order. */
async function scoreInOrder(
  pool: Pool,
  requests: readonly ScoreRequest[],
  what: string,
): Promise<TimedResult[]> {
  const results: TimedResult[] = [];
  let count = 0;
  const clock = eta();
  await pool.score(requests, (index, result, seconds) => {
    results[index] = { ...result, seconds };
    count++;
    note(`${count}/${requests.length} ${what}, ${clock(count / requests.length)}`, 5000);
  });
  return results;
}
