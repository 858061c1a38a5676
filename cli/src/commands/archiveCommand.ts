import { Command } from "commander";
import { z } from "zod";
import type { Api } from "../api/client.js";
import { CliError, exitCodes } from "../api/error.js";
import { archiveDocument } from "../api/runs.js";
import { download, upload } from "../api/transfer.js";
import { byteSize, print } from "./output.js";

const archiveHelp = `
Without --out nothing is written: the run is only put away, until opnas restore brings it back.
With --out nothing is put away: all that is stored of the run goes into one file, which other platforms
import and which any program can read (gzip, tar, JSON Lines; a README is inside).

Examples:
  opnas archive RUN
  opnas archive RUN --out run.opnas
  opnas archive RUN --out run.opnas --artifacts super-net,models
  opnas archive import run.opnas`;

const importHelp = `
Ids are kept. A run that is here already stays as it is, and so does everything where another row of the
archive has an id that is taken: both are said.

Examples:
  opnas archive import run.opnas
  opnas archive import run.opnas --team TEAM --profile lab`;

const archiveOptions = z.object({ out: z.string().optional(), artifacts: z.string().optional() });
const importOptions = z.object({ team: z.string().optional() });

/** The answer to an import. */
const importedSchema = z.object({
  result: z.string(),
  run: z.object({ id: z.string(), name: z.string(), status: z.string(), visibility: z.string() }),
  rows: z.record(z.string(), z.number()),
  artifacts: z.array(z.string()),
  ignored: z.array(z.string()),
});

/** Builds the command that puts a run away, or writes it to a file, and the one that brings such a file in. */
export function archiveCommand(connect: (command: Command) => Api): Command {
  return new Command("archive")
    .description("put a run that is over out of the lists; with --out write it to a file instead")
    .argument("<run>", "the run's id")
    .option("--out <file>", "write all of the run to this file, such as run.opnas")
    .option("--artifacts <kinds>", "with --out: also super-net, models, or both with a comma")
    .addHelpText("after", archiveHelp)
    .action(async function (this: Command, id: string) {
      const { out, artifacts } = archiveOptions.parse(this.opts());
      if (out !== undefined) {
        await write(connect(this), id, out, artifacts);
        return;
      }
      if (artifacts !== undefined) {
        throw new CliError("--artifacts needs --out, the file to write.", exitCodes.usage);
      }
      const { archiveRun } = await connect(this).request(archiveDocument, { id });
      print(`${archiveRun.id}: archived`);
    })
    .addCommand(importCommand(connect));
}

function importCommand(connect: (command: Command) => Api): Command {
  return new Command("import")
    .description("bring a run in from a file that opnas archive --out wrote")
    .argument("<file>", "the file")
    .option("--team <id>", "the team that is to own it; by default the first of yours")
    .addHelpText("after", importHelp)
    .action(async function (this: Command, file: string) {
      const { team } = importOptions.parse(this.opts());
      const query = team === undefined ? "" : `?team=${encodeURIComponent(team)}`;
      const answer = await upload(connect(this), `/import/runs${query}`, file);
      const imported = importedSchema.safeParse(answer);
      if (!imported.success) {
        const message = "The answer is not what this version of opnas expects.";
        throw new CliError(message, exitCodes.failed);
      }
      tell(imported.data);
    });
}

async function write(api: Api, id: string, out: string, artifacts: string | undefined) {
  const query = artifacts === undefined ? "" : `?artifacts=${encodeURIComponent(artifacts)}`;
  const path = `/export/runs/${encodeURIComponent(id)}/archive${query}`;
  const bytes = await download(api, path, out);
  print(`${out}: ${byteSize(bytes)}`);
}

function tell({ result, run, rows, artifacts, ignored }: z.infer<typeof importedSchema>) {
  if (result === "EQUAL") {
    print(`${run.id}: ${run.name} is here already, as the file has it`);
    return;
  }
  const { "architectures.jsonl": architectures = 0, "events.jsonl": events = 0 } = rows;
  const files = artifacts.length === 0 ? "" : `, ${artifacts.length} files of weights`;
  print(`${run.id}: ${run.name}, ${run.status.toLowerCase()}`);
  print(`${architectures} architectures, ${events} events${files}`);
  if (ignored.length > 0)
    print(`Left out, since only a newer version knows it: ${ignored.join(", ")}`);
  if (run.visibility === "ARCHIVED") {
    print(`It was put away when it was archived: opnas restore ${run.id} lists it.`);
  }
}
