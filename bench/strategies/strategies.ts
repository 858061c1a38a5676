/** The strategies on recorded scores; run by `npm run bench:strategies`. */
import type { SearchSettings } from "@opnas/core";
import { flag, jsonObject, list, positive, runBench, text, whole } from "../common/command.ts";
import { item, numbersFrom } from "../common/items.ts";
import { note } from "../common/progress.ts";
import { settingsOf } from "../common/settings.ts";
import type { Table } from "../tables/table.ts";
import { openTables, tableName } from "../tables/tables.ts";
import { keepCurves, keepNothing } from "./keptCurves.ts";
import { measure, printOverall, printResults } from "./measure.ts";
import { budget, horizon } from "./report.ts";
import {
  quickMost,
  reference,
  scoresOfTrainings,
  scoresWithNoise,
  variantsOf,
  type Scores,
} from "./searches.ts";
import { tpe } from "./tpe.ts";

const about = `The strategies on recorded scores: the score that training would give is looked up, so a search takes
milliseconds and can be repeated often enough to tell strategies apart.

Every strategy is run with every seed on every table, under the same settings, until it has evaluated
400 architectures (those with a Gaussian process and Optuna's TPE, which has --tpe seeds, until 200).
The same is done with other sizes of the generation and the first population, most of the time, unless
--without-sizes leaves them out. Printed are: the evaluations to random
search's best of 200 (median with a 95 % interval by order statistics); their ratio to the default's
(paired by seed, 95 % interval by resampling); the share of seeds that hold the table's best; and the
mean regret, the table's best minus the score of what the search holds for its best.

An architecture's score is the mean of its recorded trainings. With --noisy strategies see the score of
the first training, and what they have found is judged by the others. With --noise 1 they see the mean
with normal noise of one standard deviation of the table's best quarter. --override changes settings of
the preset: '{"population":20}'. Tables from outside are downloaded into the cache (bench/README.md).

--keep FOLDER keeps each search's curve as soon as it is there, and goes on with them: Ctrl-C loses the
search that it is at. Use a folder for one version of the strategies.`;

await runBench(
  {
    name: "bench:strategies",
    about,
    options: {
      record: text.default("bench/record/record.json.gz"),
      tables: list(tableName).default([
        "record",
        "nas-bench-macro",
        "nas-bench-201-cifar100",
        "nas-bench-201-imagenet16",
      ]),
      seeds: whole(1).default(60),
      "first-seed": whole(0).default(1),
      tpe: whole(0).default(30),
      noisy: flag,
      noise: positive.optional(),
      preset: text.default("tiny"),
      override: jsonObject.default({}),
      keep: text.optional(),
      "without-sizes": flag,
    },
    quick: { seeds: "1", tables: "record", tpe: "0" },
  },
  async (options) => {
    const settings = settingsOf(options.preset, { generations: horizon, ...options.override });
    const first = options["first-seed"];
    const seeds = numbersFrom(first, options.seeds);
    const peer = options.tpe > 0 ? await tpe(options.tpe) : null;
    const most = options.quick ? quickMost : budget;
    const own = variantsOf(settings, most, !options["without-sizes"]);
    const variants = [...own, ...(peer ? [peer.variant] : [])];
    const { noisy, noise } = options;
    const conditions = JSON.stringify({ settings: usedOf(settings), noisy, noise });
    const keep = options.keep === undefined ? keepNothing : keepCurves(options.keep, conditions);
    const opened = await openTables(options.tables, { ...options, download: !options.quick });
    const tables = [];
    const evaluations = [];
    for (const table of opened) {
      const scores = scoresOf(table, options);
      if (!scores) continue;
      const groups = [{ table, scores, seeds }];
      const measured = await measure(table.name, groups, variants, reference, keep);
      const targets = { randomsBest: item(measured.targets, 0), best: item(measured.bests, 0) };
      const architectures = scores.judged.size;
      console.log(
        `\n${table.title}: ${architectures} architectures, ${seeds.length} seeds from ${first}; ` +
          `best ${targets.best.toFixed(2)}, random search's best of ${budget} (median) ` +
          `${targets.randomsBest.toFixed(2)}\n`,
      );
      printResults(measured);
      const { strategies } = measured;
      tables.push({ name: table.name, architectures, targets, strategies });
      evaluations.push(measured.evaluations);
    }
    peer?.end();
    const overall = printOverall(evaluations, reference);
    return { seeds: seeds.length, settings: usedOf(settings), budget, tables, overall };
  },
);

function scoresOf(
  table: Table,
  { noisy, noise = 0 }: { noisy: boolean; noise?: number | undefined },
): Scores | undefined {
  if (!noisy) return scoresWithNoise(table, noise);
  if (table.runs) return scoresOfTrainings(table.runs);
  note(`${table.name} is left out: it has no scores of single trainings`);
  return undefined;
}

function usedOf({
  population,
  parents,
  childrenPerParent,
  ucb,
  screening,
  reinforcement,
  mutation,
}: SearchSettings) {
  return { population, parents, childrenPerParent, ucb, screening, reinforcement, mutation };
}
