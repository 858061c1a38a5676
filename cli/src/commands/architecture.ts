import { Command } from "commander";
import type { Api } from "../api/client.js";
import { architectureDocument, compareDocument } from "../api/manage.js";
import type { CompareQuery, ShownArchitectureQuery } from "../generated/graphql.js";
import { asciiGraph } from "./asciiGraph.js";
import { byteSize, decimals, print, printJson, printTable } from "./output.js";

type Shown = NonNullable<ShownArchitectureQuery["architecture"]>;

type ShownExport = Shown["exports"][number];

/** Builds the commands that show an architecture, and several side by side. */
export function architectureCommands(connect: (command: Command) => Api): Command[] {
  const show = new Command("show")
    .description("scores, costs, formulas and graphs of an architecture")
    .argument("<architecture>", "the architecture's id")
    .option("--json", "as JSON")
    .action(async function (this: Command, id: string) {
      const { architecture } = await connect(this).request(architectureDocument, { id });
      if (architecture === null) return;
      if (this.opts<{ json?: true }>().json === true) printJson(architecture);
      else print(describe(architecture));
    });
  const architecture = new Command("architecture").description("one architecture");
  architecture.addCommand(show);

  const compare = new Command("compare")
    .description("2 to 8 runs, or 2 to 8 architectures, side by side")
    .argument("<ids...>", "the ids, all of runs or all of architectures")
    .option("--json", "as JSON")
    .action(async function (this: Command, ids: string[]) {
      const { compare } = await connect(this).request(compareDocument, { ids });
      if (this.opts<{ json?: true }>().json === true) printJson(compare);
      else printComparison(compare);
    });
  return [architecture, compare];
}

function describe(shown: Shown): string {
  const facts = [
    `${shown.name} (${shown.id}), key ${shown.key}`,
    `run ${shown.run.name} (${shown.run.id}), generation ${shown.generationIndex}`,
    `score ${decimals(shown.score) || "none yet"}, ${(shown.stability ?? "not evaluated").toLowerCase().replace("_", " ")}`,
    `${shown.params} parameters, ${shown.flops} FLOPs a sequence`,
    shown.stepRatio === null
      ? "time of a step not measured beside BERT's"
      : `a step takes ${decimals(shown.stepRatio)} times as long as BERT's`,
    ...(shown.mutation === null ? [] : [`made by: ${shown.mutation}`]),
    ...(shown.tags.length === 0 ? [] : [`tags: ${shown.tags.join(", ")}`]),
    ...(shown.note === null ? [] : [`note: ${shown.note}`]),
    ...shown.taskScores.map(
      ({ task, score, majority }) =>
        `  ${task}: ${decimals(score)} (most frequent answer: ${decimals(majority)})`,
    ),
  ];
  const exports = shown.exports.map((made) => `export: ${describeExport(made)}`);
  const layers = shown.layers.map((layer) => {
    const kind =
      layer.kind === "CONVOLUTION" ? `convolution ${layer.kernelSize ?? ""}` : "attention";
    const graph = layer.graph === null ? "" : `\n${asciiGraph(layer.graph)}`;
    return `\nLayer ${layer.index}: ${kind}\n${layer.formula}${graph}`;
  });
  return [...facts, ...exports, ...layers].join("\n");
}

/** Describes a model that was exported; one that is done is downloaded at once. */
function describeExport({ format, status, progress, bytes, training, error }: ShownExport): string {
  const weights = training === null ? "its share of the super-net" : `training ${training.id}`;
  const state = {
    QUEUED: () => "waits for a worker",
    RUNNING: () => `${Math.floor(progress * 100)} %`,
    DONE: () => byteSize(bytes ?? 0),
    FAILED: () => `failed: ${error?.message ?? ""}`,
  };
  return `${format.toLowerCase()} of ${weights}, ${state[status]()}`;
}

function printComparison({
  runs,
  architectures,
  settings,
  tasks,
  measures,
}: CompareQuery["compare"]) {
  const names = architectures.map((architecture, index) => {
    return architecture?.name ?? `nothing scored in ${runs[index]?.name ?? "the run"}`;
  });
  const number = (value: number | null) =>
    value === null ? "" : String(Math.round(value * 1e4) / 1e4);
  printTable(
    ["", ...names],
    [
      ["run", ...runs.map(({ name }) => name)],
      ...measures.map(({ measure, values }) => [
        measure === "STEP_TIME" ? "step time / BERT's" : measure.toLowerCase().replace("_", " "),
        ...values.map(number),
      ]),
      ...tasks.map(({ task, scores }) => [`task ${task}`, ...scores.map(decimals)]),
      ...settings.map(({ path, values }) => [
        path,
        ...values.map((value) => JSON.stringify(value)),
      ]),
    ],
  );
}
