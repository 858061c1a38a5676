/** Whole searches, really trained; run by `npm run bench:searches`. */
import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { candidateCount, strategyNames, type StrategyName } from "@opnas/core";
import { engineChoices } from "@opnas/worker";
import { z } from "zod";
import { jsonObject, list, runBench, text, whole, type Options } from "../common/command.ts";
import { item, numbersFrom } from "../common/items.ts";
import { note } from "../common/progress.ts";
import { quickOverride, settingsOf } from "../common/settings.ts";
import { mean } from "../common/statistics.ts";
import { startPool, type Pool } from "../pool/pool.ts";
import type { ScoreRequest } from "../pool/protocol.ts";
import { trainSuperNets } from "../pool/superNets.ts";
import { KeptScores } from "./scores.ts";
import { bestOf, outcomeOf, print, type SearchOutcome } from "./summary.ts";
import { runWholeSearch, scoreAndKeep, type Evaluated } from "./wholeSearch.ts";

const about = `Whole searches, each candidate really trained and scored: every strategy under every seed at one budget,
that of the preset. Searches of one seed share its super-net and the scores of architectures that several
of them propose. With --confirm N the N best of each are then trained alone for --steps steps under
--confirm-seeds seeds. Each strategy's difference to the last one listed comes with a 95 % interval by
resampling the seeds.

--keep FOLDER keeps super-nets and scores as soon as they are there, and goes on with them: Ctrl-C loses
at most what is under way.`;

const options = {
  strategies: list(z.enum(strategyNames)).default(["opnas", "local-search", "evolution", "random"]),
  seeds: whole(1).default(5),
  "first-seed": whole(0).default(1),
  preset: text.default("tiny"),
  override: jsonObject.default({}),
  confirm: whole(0).default(5),
  steps: whole(0).default(4000),
  "confirm-seeds": whole(1).default(2),
  processes: whole(1).default(2),
  engine: z.enum(engineChoices).default("auto"),
  keep: text.optional(),
};
const quick = {
  strategies: "opnas,random",
  seeds: "1",
  preset: "smoke",
  override: quickOverride,
  confirm: "1",
  steps: "2",
  "confirm-seeds": "1",
};
type SearchOptions = Options<typeof options>;

await runBench({ name: "bench:searches", about, options, quick }, async (options) => {
  const folder = options.keep ?? (await mkdtemp(path.join(tmpdir(), "opnas-searches-")));
  await mkdir(folder, { recursive: true });
  const pool = await startPool(options.processes, options.engine);
  try {
    const outcomes = await runAll(pool, folder, options);
    print(outcomes);
    return {
      settings: settingsOf(options.preset, options.override),
      steps: options.steps,
      outcomes,
    };
  } finally {
    pool.end();
    if (!options.keep) await rm(folder, { recursive: true });
  }
});

/** A search that is done. */
interface Done {
  strategy: StrategyName;
  seed: number;
  history: Evaluated[];
}

async function runAll(
  pool: Pool,
  folder: string,
  options: SearchOptions,
): Promise<SearchOutcome[]> {
  const settings = settingsOf(options.preset, options.override);
  const seeds = numbersFrom(options["first-seed"], options.seeds);
  const {
    size,
    masking,
    repeats,
    reversals,
    fineTune,
    evaluationExamples,
    tasks,
    text,
    superNet,
    candidate,
  } = settings;
  const scored = { size, masking, repeats, reversals, fineTune, evaluationExamples, tasks, text };
  const inherited = { ...scored, superNet, candidate, mutation: settings.mutation.maxNodes };
  const kept = await KeptScores.open(path.join(folder, "inherited.jsonl"), inherited);
  const fileOf = (seed: number) => path.join(folder, `super-net-${seed}.safetensors`);

  const done: Done[] = [];
  for (const seed of seeds) {
    const superNetFile = fileOf(seed);
    await trainSuperNets(pool, [{ type: "superNet", settings, seed, superNetFile }]);
    for (const strategy of options.strategies) {
      const search = { strategy, seed, settings: { ...settings, strategy }, superNetFile };
      const history = await runWholeSearch(pool, search, candidateCount(settings), kept);
      done.push({ strategy, seed, history });
      const best = Math.max(...history.map(({ score }) => score));
      note(`${strategy} under seed ${seed}: best ${best.toFixed(2)} of ${history.length}`);
    }
  }

  const { batch, learningRate } = superNet;
  const plan = { steps: options.steps, batch, learningRate };
  const aloneFile = path.join(folder, `alone-${options.steps}.jsonl`);
  const alone = await KeptScores.open(aloneFile, { ...scored, plan });
  const confirmSeeds = numbersFrom(1, options["confirm-seeds"]);
  const wanted = new Map<string, ScoreRequest>();
  for (const { history } of done) {
    for (const { architecture, key } of bestOf(history, options.confirm)) {
      for (const seed of confirmSeeds) {
        if (alone.get(key, seed) !== undefined) continue;
        wanted.set(`${seed} ${key}`, { type: "alone", settings, seed, plan, architecture, key });
      }
    }
  }
  if (wanted.size > 0) note(`${wanted.size} trainings alone, of ${options.steps} steps each`);
  await scoreAndKeep(pool, [...wanted.values()], alone);

  return done.map(({ strategy, seed, history }) => {
    const confirmed = bestOf(history, options.confirm).map(({ key }) =>
      mean(confirmSeeds.map((each) => item([alone.get(key, each)], 0))),
    );
    return outcomeOf(strategy, seed, history, confirmed);
  });
}
