import { Command } from "commander";
import type { Api } from "../api/client.js";
import {
  createViewDocument,
  deleteViewDocument,
  findView,
  renameViewDocument,
  updateViewDocument,
  viewsDocument,
} from "../api/views.js";
import { print, printJson, printTable } from "./output.js";

interface SaveOptions {
  where?: string;
  runs?: true;
  team?: string;
}

/** Builds the command whose subcommands list saved views, and save, change, rename and delete them. */
export function viewCommand(connect: (command: Command) => Api): Command {
  const list = new Command("list")
    .description("your saved views and those of your teams")
    .option("--json", "as JSON")
    .action(async function (this: Command) {
      const { savedViews } = await connect(this).request(viewsDocument, {});
      if (this.opts<{ json?: true }>().json) {
        printJson(savedViews);
        return;
      }
      const rows = savedViews.map((view) => [
        view.id,
        view.name,
        view.list.toLowerCase(),
        view.teamId === null ? "yours" : "a team's",
        view.query,
      ]);
      printTable(["view", "name", "of", "whose", "filter"], rows);
    });
  const save = new Command("save")
    .description("save a filter under a name")
    .argument("<name>", "the name")
    .option("--where <filter>", "the filter, such as 'score > 55 and not tag = bad'")
    .option("--runs", "of the list of runs instead of the leaderboard")
    .option("--team <team>", "for the team of this id instead of for yourself")
    .action(async function (this: Command, name: string) {
      const { where, runs, team } = this.opts<SaveOptions>();
      const input = {
        name,
        list: runs ? ("RUNS" as const) : ("LEADERBOARD" as const),
        query: where ?? null,
        teamId: team ?? null,
      };
      const { createView } = await connect(this).request(createViewDocument, { input });
      print(`${createView.id}: ${createView.name}`);
    });
  const rename = new Command("rename")
    .description("give a saved view another name")
    .argument("<view>", "its name or id")
    .argument("<name>", "the new name")
    .action(async function (this: Command, view: string, name: string) {
      const api = connect(this);
      const { id } = await findView(api, view);
      const { renameView } = await api.request(renameViewDocument, { id, name });
      print(`${renameView.id}: ${renameView.name}`);
    });
  const change = new Command("change")
    .description("give a saved view another filter")
    .argument("<view>", "its name or id")
    .requiredOption("--where <filter>", "the new filter; '' for none")
    .action(async function (this: Command, view: string) {
      const api = connect(this);
      const { id } = await findView(api, view);
      const input = { query: this.opts<{ where: string }>().where };
      const { updateView } = await api.request(updateViewDocument, { id, input });
      print(`${updateView.id}: ${updateView.name}: ${updateView.query}`);
    });
  const remove = new Command("delete")
    .description("delete a saved view")
    .argument("<view>", "its name or id")
    .action(async function (this: Command, view: string) {
      const api = connect(this);
      const { id, name } = await findView(api, view);
      await api.request(deleteViewDocument, { id });
      print(`${id}: ${name} is deleted`);
    });
  const view = new Command("view").description("saved views: filters under a name");
  for (const command of [list, save, change, rename, remove]) view.addCommand(command);
  return view.addHelpText(
    "after",
    "\nExamples:\n  opnas view save best --where 'score > 55 and stable'\n  opnas leaderboard --view best\n  opnas view change best --where 'score > 60 and stable'",
  );
}
