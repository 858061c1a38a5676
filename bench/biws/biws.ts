/** Weight sharing against training alone; run by `npm run bench:biws`. */
import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { engineChoices } from "@opnas/worker";
import { z } from "zod";
import { jsonObject, runBench, text, whole, type Options } from "../common/command.ts";
import { numbersFrom } from "../common/items.ts";
import { note } from "../common/progress.ts";
import { changed, quickOverride, settingsOf } from "../common/settings.ts";
import { startPool } from "../pool/pool.ts";
import { readRecord, type TrainingRecord } from "../record/file.ts";
import { print, summarise } from "./summary.ts";
import { scoreAll, trainAll, type Plan } from "./trainings.ts";

const about = `What weight sharing is worth: how far the ranking of architectures by scores with inherited weights
agrees with their ranking when each is trained alone (a record of npm run bench:record), at what cost,
and what would have agreed as well.

How long the super-net trains (a sixth of the record's steps) and a candidate is fine-tuned (twice the
record's) was chosen on the record's first 64 random architectures (docs/decisions/0018), so these are
skipped: what counts is the ranking of the others. --override changes these settings:
'{"superNet":{"steps":4000}}'.

Beside the super-net (two branches a step), one with a single branch a step is trained, for as many
sub-networks; and the numbers of parameters, FLOPs and convolution layers rank for nothing. Each is
compared by Kendall's τ over all architectures and over those that learned alone under every seed, with
95 % intervals by resampling the architectures. A few architectures are trained alone again, in turn with
the candidates, so that both costs are of one machine at one time. --keep FOLDER keeps the super-nets and
uses those that are there; what they cost is then not known.`;

const processes = 2;

const options = {
  record: text.default("bench/record/alone.json.gz"),
  skip: whole(0).default(64),
  architectures: whole(2).default(200),
  seeds: whole(1).default(4),
  override: jsonObject.default({}),
  engine: z.enum(engineChoices).default("auto"),
  keep: text.optional(),
};
const quick = { skip: "0", architectures: "3", seeds: "1", override: quickOverride };

await runBench({ name: "bench:biws", about, options, quick }, async (options) => {
  const record = await readRecord(options.record);
  const plan = planOf(record, options);
  const folder = options.keep ?? (await mkdtemp(path.join(tmpdir(), "opnas-biws-")));
  await mkdir(folder, { recursive: true });
  const pool = await startPool(processes, options.engine);
  try {
    note(`${plan.entries.length} architectures on ${pool.engine.name}, ${processes} processes`);
    const superNetSeconds = await trainAll(pool, plan, folder);
    const scored = await scoreAll(pool, plan, folder);
    const report = await summarise(plan, { ...scored, superNetSeconds }, folder);
    print(report);
    return report;
  } finally {
    pool.end();
    if (!options.keep) await rm(folder, { recursive: true });
  }
});

type BiwsOptions = Options<typeof options>;

function planOf(record: TrainingRecord, options: BiwsOptions): Plan {
  const { batch, learningRate } = record.plan;
  const asRecorded = settingsOf("tiny", {
    ...record.settings,
    superNet: { batch, learningRate },
  });
  const chosen = changed(asRecorded, {
    superNet: { steps: Math.round(record.plan.steps / 6) },
    fineTune: { steps: 2 * asRecorded.fineTune.steps },
  });
  const settings = changed(chosen, options.override);
  const { skip, quick } = options;
  const entries = record.entries
    .filter(({ name, runs }) => name === undefined && runs.length > 0)
    .slice(skip, skip + options.architectures);
  if (entries.length < 2) {
    const few = `${entries.length} random architectures after the first ${skip}`;
    throw new Error(`${options.record} has ${few}; lower --skip.`);
  }
  const { superNet } = settings;
  const oneBranch = { branches: "one", steps: 2 * superNet.steps };
  return {
    entries,
    seeds: numbersFrom(1, options.seeds),
    variants: { biws: settings, oneBranch: changed(settings, { superNet: oneBranch }) },
    alone: {
      // A quick run trains as little alone as it does with inherited weights.
      settings: quick ? settings : asRecorded,
      plan: quick ? { ...record.plan, steps: superNet.steps } : record.plan,
    },
  };
}
