/** The time of a step and its ratio to BERT's under load; run by `npm run bench:steps`. */
import path from "node:path";
import {
  architectureKey,
  bertLayer,
  sampleBackbone,
  stream,
  type Architecture,
  type SearchSettings,
} from "@opnas/core";
import { engineChoices, evaluateCandidate, prepareData, startEngine } from "@opnas/worker";
import { cacheFolder, newSuperNet } from "@opnas/worker/internals";
import { z } from "zod";
import { jsonObject, list, runBench, text, whole } from "../common/command.ts";
import { numbersFrom } from "../common/items.ts";
import { note } from "../common/progress.ts";
import { settingsOf } from "../common/settings.ts";
import { spread } from "../common/statistics.ts";
import { startLoad } from "./load.ts";

const about = `The seconds of a training step and its ratio to vanilla BERT's (docs/decisions/0061), as an
evaluation measures them, while --load other processes compute. Every architecture is evaluated --rounds
times under each load, with the loads in turns. The first architecture is vanilla BERT, whose ratio is 1;
the others are random. --override changes settings of the preset.`;

const seed = 1;

await runBench(
  {
    name: "bench:steps",
    about,
    options: {
      load: list(whole(0)).default([0, 2, 6]),
      rounds: whole(1).default(4),
      architectures: whole(1).default(5),
      preset: text.default("tiny"),
      override: jsonObject.default({}),
      engine: z.enum(engineChoices).default("auto"),
    },
    quick: { load: "0,1", rounds: "1", architectures: "2", preset: "smoke" },
  },
  async (options) => {
    await startEngine(options.engine, 1);
    const settings = quickly(settingsOf(options.preset, options.override));
    const evaluate = await evaluator(settings);
    const measured = architecturesFor(settings, options.architectures).map((architecture) => {
      const byLoad = options.load.map((load) => {
        const seconds: number[] = [];
        const ratios: number[] = [];
        return { load, seconds, ratios };
      });
      return { architecture, byLoad };
    });
    for (const { architecture } of measured) await evaluate(architecture); // warms up
    for (const round of numbersFrom(1, options.rounds)) {
      for (const [at, load] of options.load.entries()) {
        const other = await startLoad(load);
        for (const { architecture, byLoad } of measured) {
          const { stepSeconds, stepRatio } = await evaluate(architecture);
          byLoad[at]?.seconds.push(stepSeconds ?? NaN);
          byLoad[at]?.ratios.push(stepRatio ?? NaN);
        }
        await other.end();
        note(`round ${round}: ${load} other processes`);
      }
    }
    const results = measured.map(({ byLoad }, architecture) => ({
      architecture,
      byLoad: byLoad.map(({ load, seconds, ratios }) => ({
        load,
        seconds: spread(seconds),
        ratio: spread(ratios),
      })),
      secondsFactor: factor(byLoad.flatMap(({ seconds }) => seconds)),
      ratioFactor: factor(byLoad.flatMap(({ ratios }) => ratios)),
    }));
    console.table(
      results.map(({ architecture, byLoad, secondsFactor, ratioFactor }) => ({
        architecture: architecture === 0 ? "vanilla BERT" : `random ${architecture}`,
        "ms by load": byLoad.map(({ seconds }) => (1000 * seconds.median).toFixed(1)).join(", "),
        "ratio by load": byLoad.map(({ ratio }) => ratio.median.toFixed(2)).join(", "),
        "greatest ms / least": secondsFactor.toFixed(2),
        "greatest ratio / least": ratioFactor.toFixed(2),
      })),
    );
    return { results };
  },
);

/** Returns the settings with own steps enough to time one, and no task but the one that is needed. */
function quickly(settings: SearchSettings): SearchSettings {
  const candidate = { ...settings.candidate, steps: Math.max(20, settings.candidate.steps) };
  return { ...settings, candidate, tasks: ["mlm"], evaluationExamples: 16 };
}

function architecturesFor({ size, mutation }: SearchSettings, count: number): Architecture[] {
  const random = stream(seed, "architectures of the steps bench");
  const bert: Architecture = {
    version: 1,
    layers: numbersFrom(1, size.layers).map(() => bertLayer),
  };
  const others = numbersFrom(1, count - 1);
  return [bert, ...others.map(() => sampleBackbone(size.layers, mutation.maxNodes, random))];
}

/** Returns a function that evaluates an architecture with the weights of an untrained super-net. */
async function evaluator(settings: SearchSettings) {
  const { size, tasks, evaluationExamples } = settings;
  const request = { vocabulary: size.vocabulary, length: size.length, tasks, evaluationExamples };
  const data = await prepareData(request, path.join(cacheFolder(), "text"));
  const superNet = newSuperNet(size, seed).weights;
  const { signal } = new AbortController();
  return (architecture: Architecture) => {
    const key = architectureKey(architecture);
    return evaluateCandidate({ architecture, key, settings, seed, data, superNet, signal });
  };
}

/** Returns how many times the least of some numbers the greatest is. */
function factor(values: readonly number[]): number {
  return Math.max(...values) / Math.min(...values);
}
