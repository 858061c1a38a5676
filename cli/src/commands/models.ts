import path from "node:path";
import { Command } from "commander";
import { z } from "zod";
import type { Api } from "../api/client.js";
import { deleteModelDocument, importModelDocument, modelsDocument } from "../api/models.js";
import type { ModelsQuery } from "../generated/graphql.js";
import { readResults } from "../models/benchmarkResults.js";
import { readModelFolder } from "../models/modelFolder.js";
import { print, printJson, printTable } from "./output.js";

const help = `
A model's folder is what npm run import makes of a published BERT, or what a pre-training leaves. Its
weights stay where they are: the server keeps its architecture, size, costs and results.

Examples:
  opnas model add my-model --name "BERT base" --results results
  opnas model list`;

const addOptions = z.object({
  name: z.string().optional(),
  results: z.string().optional(),
  team: z.string().optional(),
});

/** Builds the command whose subcommands list the trained models beside the references, add and delete them. */
export function modelCommand(connect: (command: Command) => Api): Command {
  const list = new Command("list")
    .description("the trained models beside the references, with their benchmark results")
    .option("--json", "as JSON")
    .action(async function (this: Command) {
      const { models } = await connect(this).request(modelsDocument, {});
      if (this.opts<{ json?: true }>().json) {
        printJson(models);
        return;
      }
      const rows = models.map((model) => [
        model.id,
        model.name,
        `${model.layers} × ${model.hidden}`,
        String(model.params),
        String(model.flops),
        model.results.map(resultText).join(", "),
      ]);
      printTable(["model", "name", "layers × hidden", "parameters", "FLOPs", "results"], rows);
    });
  const add = new Command("add")
    .description("show a trained model beside the references; again with newer results")
    .argument("<folder>", "the model's folder, with model.json and weights.safetensors")
    .option("--name <text>", "a name for it; by default that of the folder")
    .option("--results <folder>", "the folder that npm run benchmark wrote with this model")
    .option("--team <id>", "the team that is to own it; by default the first of yours")
    .action(async function (this: Command, folder: string) {
      const { name, results, team } = addOptions.parse(this.opts());
      const model = await readModelFolder(folder);
      const input = {
        ...model,
        name: name ?? path.basename(path.resolve(folder)),
        results: results === undefined ? null : await readResults(results, model.checksum),
        teamId: team ?? null,
      };
      const { importModel } = await connect(this).request(importModelDocument, { input });
      const { id, params, flops } = importModel;
      print(`${id}: ${importModel.name}, ${params} parameters, ${flops} FLOPs`);
      for (const result of importModel.results) print(resultText(result));
    });
  const remove = new Command("delete")
    .description("take a model off those beside the references")
    .argument("<model>", "its id")
    .action(async function (this: Command, id: string) {
      await connect(this).request(deleteModelDocument, { id });
      print(`${id}: deleted`);
    });
  const model = new Command("model").description(
    "trained models beside the references, such as a published BERT",
  );
  for (const command of [list, add, remove]) model.addCommand(command);
  return model.addHelpText("after", help);
}

type Result = ModelsQuery["models"][number]["results"][number];

function resultText({ benchmark, task, set, metric, value }: Result): string {
  const parts = [benchmark, task, set, metric === "mean" ? null : metric, value.toFixed(1)];
  return parts.filter((part) => part !== null).join(" ");
}
