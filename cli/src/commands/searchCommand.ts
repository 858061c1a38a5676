import { Command, Option } from "commander";
import { z } from "zod";
import type { SearchOptions } from "../search/runSearch.js";
import { parseAssignments } from "../search/settings.js";
import { amount, assigned, collect, wholeNumber } from "./optionValues.js";

/** A search that a person asked for. */
export interface SearchRequest {
  /** The address given with --api; undefined: the platform on this machine. */
  api: string | undefined;
  options: SearchOptions;
}

const strategies = {
  opnas: "OPNAS",
  evolution: "EVOLUTION",
  random: "RANDOM",
  reinforcement: "REINFORCEMENT",
  "opnas-paper": "OPNAS_PAPER",
  "local-search": "LOCAL_SEARCH",
  tpe: "TPE",
} as const;

const optionsSchema = z.object({
  preset: z.string(),
  seed: z.number().optional(),
  strategy: z
    .enum(["opnas", "opnas-paper", "evolution", "local-search", "tpe", "random", "reinforcement"])
    .optional(),
  name: z.string().optional(),
  text: z.string().optional(),
  vocabularyFile: z.string().optional(),
  set: z.array(z.string()).default([]),
  maxParameters: z.string().optional(),
  maxFlops: z.string().optional(),
  out: z.string().optional(),
  resume: z.string().optional(),
  api: z.string().optional(),
  detach: z.boolean().optional(),
  cancelOnInterrupt: z.boolean().optional(),
});

/**
 * Builds the command `search`.
 *
 * @param program the words before the options, for the hint how to follow the search again
 * @param act receives the search that the person asked for
 */
export function searchCommand(
  program: string,
  act: (request: SearchRequest) => Promise<void>,
): Command {
  return new Command("search")
    .description("start a search, follow it to its end and write its JSON record")
    .option("--preset <name>", "settings to begin with", "tiny")
    .option(
      "--seed <number>",
      "whole number from 0; the same seed gives the same search",
      wholeNumber,
    )
    .addOption(
      new Option("--strategy <name>", "instead of the preset's").choices(Object.keys(strategies)),
    )
    .option("--name <text>", "shown in lists")
    .option("--text <folder>", "own text: a folder below the worker's OPNAS_TEXT_DIR")
    .option("--vocabulary-file <file>", "its WordPiece vocabulary, likewise below OPNAS_TEXT_DIR")
    .option(
      "--set <name=value>",
      "change one setting, e.g. superNet.steps=100 (repeatable)",
      collect,
    )
    .option("--max-parameters <number>", "propose nothing with more (limits.parameters)", amount)
    .option(
      "--max-flops <number>",
      "of one sequence of full length; propose nothing with more (limits.flops)",
      amount,
    )
    .option("--out <file>", "where the record goes (default: standard output)")
    .option(
      "--resume <run>",
      "follow this run instead of starting one; a paused, failed or cancelled one goes on",
    )
    .option("--detach", "only start it and print its id")
    .option("--cancel-on-interrupt", "Ctrl-C cancels the run (default: it is kept)")
    .addHelpText(
      "after",
      "\nExit codes: 0 done, 1 failed or cancelled, 2 wrong usage, 130 interrupted.",
    )
    .action(async function (this: Command) {
      const given = optionsSchema.parse(this.optsWithGlobals());
      const { api, preset, seed, strategy, name, set, ...others } = given;
      const { text, vocabularyFile, maxParameters, maxFlops, ...rest } = others;
      const settings = parseAssignments([
        ...set,
        ...assigned("text.folder", text),
        ...assigned("text.vocabulary", vocabularyFile),
        ...(maxParameters === undefined ? [] : [`limits.parameters=${maxParameters}`]),
        ...(maxFlops === undefined ? [] : [`limits.flops=${maxFlops}`]),
      ]);
      const input = {
        preset,
        ...(seed === undefined ? {} : { seed }),
        ...(strategy === undefined ? {} : { strategy: strategies[strategy] }),
        ...(name === undefined ? {} : { name }),
        ...(Object.keys(settings).length === 0 ? {} : { settings }),
      };
      const out = rest.out === undefined ? "" : ` --out ${rest.out}`;
      await act({ api, options: { input, ...rest, resumeWith: `${program}${out} --resume` } });
    });
}
