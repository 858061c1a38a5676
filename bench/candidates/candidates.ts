/** Candidates per hour by processes and threads; run by `npm run bench:candidates`. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import {
  architectureKey,
  sampleBackbone,
  stream,
  type Architecture,
  type SearchSettings,
} from "@opnas/core";
import { engineChoices, writeTensors, type EngineChoice } from "@opnas/worker";
import { cacheFolder, newSuperNet, Trainer } from "@opnas/worker/internals";
import { z } from "zod";
import { jsonObject, list, runBench, text, whole } from "../common/command.ts";
import { item, numbersFrom } from "../common/items.ts";
import { note } from "../common/progress.ts";
import { quickOverride, settingsOf } from "../common/settings.ts";
import { spread } from "../common/statistics.ts";

const about = `Candidates evaluated per hour by number of trainer processes and of threads in each, as the worker
starts them: which default is best (docs/decisions/0006). All take the same random architectures with the
weights of an untrained super-net; the ways take turns, round by round. --override changes settings of
the preset.`;

const seed = 1;

await runBench(
  {
    name: "bench:candidates",
    about,
    options: {
      processes: list(whole(1)).default([1, 2]),
      threads: list(whole(1)).default([1, 2]),
      rounds: whole(1).default(3),
      candidates: whole(1).default(6),
      preset: text.default("tiny"),
      override: jsonObject.default({}),
      engine: z.enum(engineChoices).default("auto"),
    },
    quick: {
      processes: "1",
      threads: "1,2",
      rounds: "1",
      candidates: "1",
      preset: "smoke",
      override: quickOverride,
    },
  },
  async (options) => {
    const settings = settingsOf(options.preset, options.override);
    const random = stream(seed, "architectures of the candidates bench");
    const architectures = numbersFrom(0, options.candidates).map(() =>
      sampleBackbone(settings.size.layers, settings.mutation.maxNodes, random),
    );
    const ways = options.processes.flatMap((processes) =>
      options.threads.map((threads) => {
        const perHour: number[] = [];
        return { processes, threads, perHour };
      }),
    );
    const folder = await mkdtemp(path.join(tmpdir(), "opnas-candidates-"));
    try {
      await writeTensors(superNetIn(folder), newSuperNet(settings.size, seed).weights);
      for (const round of numbersFrom(1, options.rounds)) {
        for (const { processes, threads, perHour } of ways) {
          const trainers = await startAll(options.engine, processes, threads);
          const seconds = await time(trainers, architectures, settings, folder);
          perHour.push((3600 * architectures.length) / seconds);
          const way = `${processes} processes of ${threads} threads`;
          note(`round ${round}: ${way}, ${seconds.toFixed(1)} s`);
        }
      }
    } finally {
      await rm(folder, { recursive: true });
    }
    const table = ways.map((way) => ({ ...way, perHour: spread(way.perHour) }));
    console.table(
      table.map(({ processes, threads, perHour: { median, min, max } }) => ({
        processes,
        threads,
        "candidates per hour": Math.round(median),
        from: Math.round(min),
        to: Math.round(max),
      })),
    );
    return { ways: table };
  },
);

function superNetIn(folder: string): string {
  return path.join(folder, "super-net.safetensors");
}

function startAll(engine: EngineChoice, processes: number, threads: number): Promise<Trainer[]> {
  return Promise.all(numbersFrom(0, processes).map(() => Trainer.start({ engine }, threads)));
}

/**
 * Returns the seconds that the trainers need for all architectures, after each evaluated one to warm
 * up; then ends them.
 */
async function time(
  trainers: readonly Trainer[],
  architectures: readonly Architecture[],
  settings: SearchSettings,
  folder: string,
): Promise<number> {
  const evaluate = (trainer: Trainer, architecture: Architecture) => {
    const cache = path.join(cacheFolder(), "text");
    return trainer.run(
      {
        type: "evaluate",
        run: { seed, settings },
        text: { own: folder, cache, keyFile: path.join(folder, "text.key") },
        superNet: { file: superNetIn(folder), checksum: null },
        checkpoints: { folder: path.join(folder, "checkpoints"), attempt: 1 },
        architecture,
        key: architectureKey(architecture),
      },
      new AbortController().signal,
      () => undefined,
    );
  };
  try {
    await Promise.all(trainers.map((trainer) => evaluate(trainer, item(architectures, 0))));
    const waiting = [...architectures];
    const start = performance.now();
    await Promise.all(
      trainers.map(async (trainer) => {
        for (let next = waiting.shift(); next; next = waiting.shift()) {
          await evaluate(trainer, next);
        }
      }),
    );
    return (performance.now() - start) / 1000;
  } finally {
    await Promise.all(trainers.map((trainer) => trainer.end()));
  }
}
