/** Searches a table of recorded scores; run by `npm run search:table`. */
import { strategyNames } from "@opnas/core";
import { z } from "zod";
import { flag, jsonObject, runBench, text, whole } from "../common/command.ts";
import { item } from "../common/items.ts";
import { settingsOf } from "../common/settings.ts";
import { localSearchUnder, scoresWithNoise, strategySearch } from "../strategies/searches.ts";
import { readRows } from "./rowsFile.ts";
import { sortedScores } from "./table.ts";

const about = `Searches a table of recorded scores as the platform searches backbones. TABLE is a CSV file with a
header, or a JSON file with an array of objects; the score is the column named "score", or else the last
one, and all others are slots. Each value of a slot is one of its options. Not every combination has to
be recorded. Higher scores are better, with --lowest lower ones. Printed are the evaluations that found
something better, and the best. --override changes settings of the preset: '{"population":8}'.`;

const strategyName = z.enum([...strategyNames, "local-search"]);

await runBench(
  {
    name: "search:table",
    about,
    operand: "table",
    options: {
      table: text,
      strategy: strategyName.default("opnas"),
      seed: whole(0).default(1),
      evaluations: whole(1).default(100),
      lowest: flag,
      preset: text.default("tiny"),
      override: jsonObject.default({}),
    },
    quick: { table: "bench/tables/example.csv", evaluations: "12" },
  },
  async ({ strategy, seed, evaluations, lowest, ...options }) => {
    const table = await readRows(options.table, lowest);
    const settings = settingsOf(options.preset, { generations: evaluations, ...options.override });
    const search =
      strategy === "local-search" ? localSearchUnder(settings) : strategySearch(strategy, settings);
    const scoreOf = scoresWithNoise(table, 0).seenBy(seed);
    const history = await search({ table, seed, scoreOf, evaluations });

    const sign = lowest ? -1 : 1;
    const evaluated = history.map(({ key, score }, index) => {
      return { evaluation: index + 1, options: optionsOf(key), score: sign * score };
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
    console.log(
      `\n${strategy}, seed ${seed}: ${found}; it is number ${rank} of ${table.scores.size}.`,
    );
    return { strategy, seed, best, rank, rows: table.scores.size, evaluated };

    function optionsOf(key: string): Record<string, string> {
      const options = table.spaceOf(settings).features(key);
      return Object.fromEntries(
        options.map(({ position, operation }) => [item(table.slots, position).name, operation]),
      );
    }
  },
);
