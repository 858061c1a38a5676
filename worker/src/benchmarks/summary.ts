import type { FileReport } from "./fileReport.js";
import type { GlueResult, GlueTaskResult } from "./glue/run.js";
import type { SquadResult } from "./squad/run.js";

/** A run's result as lines of text: its scores, then what was malformed in its files. */
export function summaryOf(result: GlueResult | SquadResult): string[] {
  const scores = result.benchmark === "GLUE" ? glueLines(result) : squadLines(result);
  return [...scores, ...malformedLines(result.files)];
}

const number = (value: number | null) => (value === null ? "–" : value.toFixed(1));

function glueLines({ tasks, average, averageWithoutWnli }: GlueResult): string[] {
  return [
    ...tasks.map(glueLine),
    ...(average === null ? [] : [`average  ${number(average)}`]),
    ...(averageWithoutWnli === null ? [] : [`without WNLI  ${number(averageWithoutWnli)}`]),
  ];
}

function glueLine({ task, score, metrics, learningRate }: GlueTaskResult): string {
  if (learningRate === null) return `${task}  every training diverged`;
  const parts = metrics.map(({ set, metric, value }) =>
    [set, metric, number(value)].filter((part) => part !== null).join(" "),
  );
  return `${task}  ${number(score)}  (${parts.join(", ")}; learning rate ${learningRate})`;
}

function squadLines({ versions }: SquadResult): string[] {
  return versions.map(({ version, metrics, learningRate }) => {
    if (learningRate === null) return `v${version}  every training diverged`;
    const exact = metrics["exact_match"] ?? metrics["exact"] ?? null;
    const scores = `EM ${number(exact)}, F1 ${number(metrics["f1"] ?? null)}`;
    return `v${version}  ${scores}  (learning rate ${learningRate})`;
  });
}

function malformedLines(files: readonly FileReport[]): string[] {
  return files.flatMap(({ file, rows, malformed }) =>
    malformed.map(
      ({ reason, count, first }) =>
        `${file}: ${count} of ${rows} rows malformed: ${reason} (first: ${first.join(", ")})`,
    ),
  );
}
