import { Command } from "commander";
import type { Api } from "../api/client.js";
import { cancelPretrainingDocument, pretrainingsDocument } from "../api/pretrainings.js";
import { pageSize } from "./optionValues.js";
import { print, printTable } from "./output.js";

/** Builds the commands that show or cancel pre-trainings; `connect` gives the API to ask. */
export function pretrainingCommands(connect: (command: Command) => Api): Command[] {
  const trainings = new Command("trainings")
    .description("the newest pre-trainings")
    .option("--first <number>", "how many", pageSize, 20)
    .action(async function (this: Command) {
      const { first } = this.opts<{ first: number }>();
      const answer = await connect(this).request(pretrainingsDocument, { first });
      const rows = answer.trainings.edges.map(({ node }) => [
        node.id,
        node.architecture.name,
        String(node.seed),
        node.status.toLowerCase(),
        `${node.step} of ${node.steps}`,
        node.lastMetric?.loss.toFixed(3) ?? "",
      ]);
      printTable(["training", "architecture", "seed", "status", "steps", "loss"], rows);
      print(`${rows.length} of ${answer.trainings.totalCount} trainings`);
    });

  const cancel = new Command("cancel-training")
    .description("cancel a pre-training; `opnas pretrain --resume` has it go on")
    .argument("<training>", "the training's id")
    .action(async function (this: Command, id: string) {
      const { cancelTraining } = await connect(this).request(cancelPretrainingDocument, { id });
      print(`${cancelTraining.id}: ${cancelTraining.status.toLowerCase()}`);
    });

  return [trainings, cancel];
}
