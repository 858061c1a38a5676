import { Command, Option } from "commander";
import { z } from "zod";
import { CliError, exitCodes } from "../api/error.js";
import type { PublishedSize } from "../generated/graphql.js";
import type { PretrainOptions } from "../pretraining/runPretraining.js";
import { parseAssignments } from "../search/settings.js";
import { assigned, collect, positiveNumber, wholeNumber } from "./optionValues.js";

/** The options that change one setting each; every other setting is changed with --set. */
const options = [
  { name: "layers", setting: "size.layers", help: "layers of the model" },
  { name: "hidden", setting: "size.hidden", help: "its width; a multiple of its heads" },
  { name: "heads", setting: "size.heads", help: "its attention heads" },
  { name: "length", setting: "size.length", help: "tokens of a sentence pair" },
  { name: "steps", setting: "steps", help: "steps of the training" },
  { name: "batch", setting: "batch", help: "sentence pairs of a micro-batch" },
  { name: "accumulate", setting: "accumulate", help: "micro-batches of a step" },
] as const;

const sizes = {
  small: "SMALL",
  base: "BASE",
  large: "LARGE",
} as const satisfies Record<string, PublishedSize>;

const number = z.number().optional();

const optionsSchema = z.object({
  layers: number,
  hidden: number,
  heads: number,
  length: number,
  steps: number,
  batch: number,
  accumulate: number,
  size: z.enum(["small", "base", "large"]).optional(),
  text: z.string().optional(),
  seed: number,
  set: z.array(z.string()).default([]),
  resume: z.string().optional(),
  detach: z.boolean().optional(),
});

/** Builds the command `pretrain`; `act` receives the options that the person gave. */
export function pretrainCommand(
  act: (command: Command, options: PretrainOptions) => Promise<void>,
): Command {
  const command = new Command("pretrain")
    .description("pre-train an architecture in full, at any size, and follow it to its end")
    .argument("[architecture]", "the architecture's id");
  const sizeHelp =
    "layers, hidden, heads, length and learning rate as published; what follows lies over them";
  command.addOption(new Option("--size <name>", sizeHelp).choices(Object.keys(sizes)));
  for (const { name, setting, help } of options) {
    command.option(`--${name} <number>`, `${help} (--set ${setting}=…)`, positiveNumber);
  }
  return command
    .option("--text <folder>", "another text than the search's (--set text.folder=…)")
    .option("--seed <number>", "the same seed gives the same training", wholeNumber)
    .option("--set <name=value>", "change one setting, e.g. learningRate=5e-4", collect)
    .option("--resume <training>", "follow this one instead; one that was stopped goes on")
    .option("--detach", "only start it and print its id")
    .addHelpText(
      "after",
      "\nExit codes: 0 done, 1 failed or cancelled, 2 wrong usage, 130 interrupted.",
    )
    .action(async function (this: Command, architectureId: string | undefined) {
      const { size, text, seed, set, resume, detach, ...numbers } = optionsSchema.parse(
        this.opts(),
      );
      if ((architectureId === undefined) === (resume === undefined)) {
        const sentence = "Name either an architecture, or with --resume a training.";
        throw new CliError(sentence, exitCodes.usage);
      }
      const assignments = Object.entries(numbers).flatMap(([name, value]) => {
        const option = options.find((each) => each.name === name);
        return option ? [`${option.setting}=${value}`] : [];
      });
      const settings = parseAssignments([...assignments, ...assigned("text.folder", text), ...set]);
      const input = {
        settings,
        ...(size === undefined ? {} : { size: sizes[size] }),
        ...(seed === undefined ? {} : { seed }),
      };
      await act(this, { architectureId: architectureId ?? "", input, resume, detach });
    });
}
