import { Command, InvalidArgumentError, Option } from "commander";
import { z } from "zod";
import { parseAssignments } from "../search/settings.js";
import type { SearchOptions } from "../search/search.js";

export interface SearchRequest {
  /** Address given with --api; undefined: where the platform runs. */
  api: string | undefined;
  options: SearchOptions;
}

const strategies = {
  opnas: "OPNAS",
  evolution: "EVOLUTION",
  random: "RANDOM",
  reinforcement: "REINFORCEMENT",
} as const;

const optionsSchema = z.object({
  preset: z.string(),
  seed: z.number().optional(),
  strategy: z.enum(["opnas", "evolution", "random", "reinforcement"]).optional(),
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
 * The command `search`; `act` is given what the person asked for.
 *
 * @param program what a person types before the options, for the hint how to go on
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
    .option("--resume <run>", "follow this run instead of starting one; a paused one goes on")
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

/** As `--set` would have it; quoted, so that a name of digits stays a name. */
export function assigned(path: string, name: string | undefined): string[] {
  return name === undefined ? [] : [`${path}=${JSON.stringify(name)}`];
}

export function wholeNumber(text: string): number {
  if (!/^\d{1,15}$/.test(text)) throw new InvalidArgumentError("It must be a whole number from 0.");
  return Number(text);
}

/** A positive number, e.g. 2e7, as JSON has it. */
function amount(text: string): string {
  const value = Number(text);
  if (Number.isFinite(value) && value > 0) return String(value);
  throw new InvalidArgumentError("It must be a number above 0.");
}

export function collect(value: string, before: string[] | undefined): string[] {
  return [...(before ?? []), value];
}
