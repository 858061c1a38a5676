import { randomUUID } from "node:crypto";
import { Command } from "commander";
import type { Api } from "../api/client.js";
import { CliError, exitCodes } from "../api/error.js";
import {
  annotateDocument,
  cloneDocument,
  renameDocument,
  tagDocument,
  untagDocument,
} from "../api/manage.js";
import type { AnnotationFragment } from "../generated/graphql.js";
import { parseAssignments } from "../search/settings.js";
import { collect, wholeNumber } from "./optionValues.js";
import { print } from "./output.js";

/** Builds the commands that clone a run, or change its name, note and tags. */
export function manageCommands(connect: (command: Command) => Api): Command[] {
  const clone = new Command("clone")
    .description("start a search with a run's settings, seed and preset, and changes")
    .argument("<run>", "the run's id")
    .option("--seed <number>", "another seed", wholeNumber)
    .option("--name <text>", "a name for the clone")
    .option("--set <name=value>", "change one setting (repeatable)", collect)
    .addHelpText("after", "\nExample:\n  opnas clone RUN --seed 8 --set generations=40")
    .action(async function (this: Command, id: string) {
      const {
        seed,
        name,
        set = [],
      } = this.opts<{ seed?: number; name?: string; set?: string[] }>();
      const settings = set.length === 0 ? null : parseAssignments(set);
      const changes = { seed: seed ?? null, name: name ?? null, settings };
      const variables = { id, changes, idempotencyKey: randomUUID() };
      const { cloneSearch } = await connect(this).request(cloneDocument, variables);
      print(`${cloneSearch.id}: ${cloneSearch.name}`);
    });
  const rename = new Command("rename")
    .description("give a run another name")
    .argument("<run>", "the run's id")
    .argument("<name>", "the new name")
    .action(async function (this: Command, id: string, name: string) {
      const { renameRun } = await connect(this).request(renameDocument, { id, name });
      print(`${id}: ${renameRun.run?.name ?? ""}`);
    });
  const tag = new Command("tag")
    .description("add or remove tags of a run or an architecture")
    .argument("<id>", "the id of a run or an architecture")
    .argument("<tags...>", "the tags")
    .option("--remove", "remove them instead")
    .action(async function (this: Command, id: string, tags: string[]) {
      const api = connect(this);
      const changed =
        this.opts<{ remove?: true }>().remove === true
          ? (await api.request(untagDocument, { id, tags })).untag
          : (await api.request(tagDocument, { id, tags })).tag;
      print(`${nameOf(changed)}: ${changed.tags.join(", ") || "no tags"}`);
    });
  const note = new Command("note")
    .description("set the note of a run or an architecture")
    .argument("<id>", "the id of a run or an architecture")
    .argument("[text]", "the note")
    .option("--remove", "remove the note")
    .action(async function (this: Command, id: string, text: string | undefined) {
      const isRemoved = this.opts<{ remove?: true }>().remove === true;
      if (isRemoved === (text !== undefined)) {
        throw new CliError("Give either a note or --remove.", exitCodes.usage);
      }
      const { annotate } = await connect(this).request(annotateDocument, {
        id,
        note: text ?? null,
      });
      print(`${nameOf(annotate)}: ${annotate.note ?? "no note"}`);
    });
  return [clone, rename, tag, note];
}

function nameOf({ run, architecture }: AnnotationFragment): string {
  return run?.name ?? architecture?.name ?? "";
}
