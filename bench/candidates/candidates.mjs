/**
 * Candidates evaluated per hour by number of trainer processes and of threads in each, as the
 * worker starts them: which default is best (decision 0006).
 *
 *   npm run bench:candidates -- --json FILE [--processes 1,2] [--threads 1,2] [--rounds 3]
 *     [--candidates 6] [--preset tiny] [--engine auto]
 *
 * All take the same random architectures with the weights of an untrained super-net; the ways take
 * turns, round by round.
 */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { parseArgs } from "node:util";
import { architectureKey, presetNamed, sampleBackbone, stream } from "@opnas/core";
import { writeTensors } from "@opnas/worker";
import { cacheFolder } from "../../worker/native/location.mjs";
import { newSuperNet } from "../../worker/dist/supernet/state.js";
import { Trainer } from "../../worker/dist/trainer/trainer.js";
import { spread } from "../spread.mjs";

const { values: options } = parseArgs({
  options: {
    json: { type: "string" },
    processes: { type: "string", default: "1,2" },
    threads: { type: "string", default: "1,2" },
    rounds: { type: "string", default: "3" },
    candidates: { type: "string", default: "6" },
    preset: { type: "string", default: "tiny" },
    engine: { type: "string", default: "auto" },
  },
});

const numbers = (text) => text.split(",").map(Number);
const say = (text) => console.error(text);
const { settings } = presetNamed(options.preset);
const seed = 1;
const folder = await mkdtemp(path.join(tmpdir(), "opnas-candidates-"));
const superNetFile = path.join(folder, "super-net.safetensors");
await writeTensors(superNetFile, newSuperNet(settings.size, seed).weights);

const random = stream(seed, "architectures of the candidates bench");
const architectures = Array.from({ length: Number(options.candidates) }, () =>
  sampleBackbone(settings.size.layers, settings.mutation.maxNodes, random),
);
const ways = numbers(options.processes).flatMap((processes) =>
  numbers(options.threads).map((threads) => ({ processes, threads, perHour: [] })),
);
try {
  for (let round = 1; round <= Number(options.rounds); round++) {
    for (const way of ways) {
      const seconds = await time(way);
      way.perHour.push((3600 * architectures.length) / seconds);
      say(
        `round ${round}: ${way.processes} processes of ${way.threads} threads, ${seconds.toFixed(1)} s`,
      );
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
if (options.json) await writeFile(options.json, `${JSON.stringify({ ways: table }, null, 2)}\n`);

/** Seconds that so many trainers need for all architectures, after each trained one to warm up. */
async function time({ processes, threads }) {
  const trainers = await Promise.all(
    Array.from({ length: processes }, () => Trainer.start({ engine: options.engine }, threads)),
  );
  try {
    await Promise.all(trainers.map((trainer) => evaluate(trainer, architectures[0])));
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

function evaluate(trainer, architecture) {
  const work = {
    type: "evaluate",
    run: { seed, settings },
    text: {
      own: folder,
      cache: path.join(cacheFolder(), "text"),
      keyFile: path.join(folder, "text.key"),
    },
    superNetFile,
    architecture,
    key: architectureKey(architecture),
  };
  return trainer.run(work, new AbortController().signal, () => undefined);
}
