/** Searches a table of recorded scores; run by `npm run search:table`. */
import { strategyNames } from "@opnas/core";
import { z } from "zod";
import { flag, jsonObject, list, runBench, text, whole } from "../common/command.ts";
import { item } from "../common/items.ts";
import { settingsOf } from "../common/settings.ts";
import { scoresWithNoise, steadySearch, strategySearch } from "../strategies/searches.ts";
import { readRows } from "./rowsFile.ts";
import { sortedScores } from "./table.ts";

const about = `Searches a table of recorded scores as the platform searches backbones. TABLE is a CSV file with a
header, or a JSON file with an array of objects; the score is the column named "score", or else the last
one, and all others are slots. Each value of a slot is one of its options; numbers have an order, but for
columns that --unordered names. Not every combination has to be recorded. Higher scores are better, with
--lowest lower ones. Printed are the evaluations that found something better, and the best row; --json
keeps all evaluations. With --in-flight 1 every proposal is made from all scores so far instead of a
generation at a time, which needs fewer evaluations. --override changes settings of the preset: '{"population":16}'.`;

await runBench(
  {
    name: "search:table",
    about,
    operand: "table",
    options: {
      table: text,
      strategy: z.enum(strategyNames).default("opnas"),
      seed: whole(0).default(1),
      evaluations: whole(1).default(100),
      lowest: flag,
      unordered: list(text).optional(),
      preset: text.default("tiny"),
      override: jsonObject.default({}),
      "in-flight": whole(1).optional(),
    },
    quick: { table: "bench/tables/example.csv", evaluations: "12" },
  },
  async ({ strategy, seed, evaluations, lowest, unordered, ...options }) => {
    const table = await readRows(options.table, lowest, unordered);
    const generations = Math.min(evaluations, 10_000);
    const settings = settingsOf(options.preset, { generations, ...options.override });
    const scoreOf = scoresWithNoise(table, 0).seenBy(seed);
    const inFlight = options["in-flight"];
    const search =
      inFlight === undefined
        ? strategySearch(strategy, settings)
        : steadySearch(strategy, settings, inFlight);
    const history = await search({ table, seed, scoreOf, evaluations });

    const sign = lowest ? -1 : 1;
    const rows = new Map([...table.scores.keys()].map((key, index) => [key, index + 1]));
    const space = table.spaceOf(settings);
    const evaluated = history.map(({ key, score }, index) => {
      const named = space.features(key).map(({ position, operation }) => {
        return [item(table.slots, position).name, operation] as const;
      });
      const row = item([rows.get(key)], 0);
      return {
        evaluation: index + 1,
        row,
        options: Object.fromEntries(named),
        score: sign * score,
      };
    });
    const better = evaluated.filter(({ score }, index) =>
      evaluated.slice(0, index).every((earlier) => sign * earlier.score < sign * score),
    );
    for (const { evaluation, options, score } of better) {
      console.log(`${evaluation}: ${score}  ${JSON.stringify(options)}`);
    }
    const best = item(better, -1);
    const rank = sortedScores(table).indexOf(sign * best.score) + 1;
    const found = `the best of ${evaluated.length} evaluations came with number ${best.evaluation}`;
    const place = `it is row ${best.row}, number ${rank} of ${table.scores.size}`;
    console.log(`\n${strategy}, seed ${seed}: ${found}; ${place}.`);
    const slots = table.slots.map(({ name, options, places }) => {
      return { name, options, isOrdered: places !== undefined };
    });
    return { strategy, seed, best, rank, rows: table.scores.size, slots, evaluated };
  },
);
