import { Command } from "commander";

const help = `
It repeats the training and the tasks from the stored text, super-net, settings and seed, and changes
nothing of the run. Times are not compared.

Exit codes: 0 equal, 1 something differs or it failed, 2 wrong usage, 130 interrupted.`;

/** Builds the command `reproduce`; `act` receives what the person asked for. */
export function reproduceCommand(
  act: (command: Command, options: { architectureId: string; json: boolean }) => Promise<void>,
): Command {
  return new Command("reproduce")
    .description("evaluate an architecture again from what is stored, and compare bit by bit")
    .argument("<architecture>", "the architecture's id")
    .option("--json", "as JSON")
    .addHelpText("after", help)
    .action(async function (this: Command, architectureId: string) {
      const json = this.opts<{ json?: true }>().json === true;
      await act(this, { architectureId, json });
    });
}
