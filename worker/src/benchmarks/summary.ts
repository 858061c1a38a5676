import type { FileReport } from "./benchmarkFiles.js";
import type { GlueResult, GlueTaskResult } from "./glue/run.js";
import type { SquadResult } from "./squad/run.js";

/**
 * Formats a run's result as lines of text: scores, then rows cut off, missing files, malformed
 * rows.
 */
export function summaryOf(result: GlueResult | SquadResult): string[] {
  const scores = result.benchmark === "GLUE" ? glueLines(result) : squadLines(result);
  return [...scores, ...cutLines(result), ...missingLines(result), ...malformedLines(result.files)];
}

const number = (value: number | null) => (value === null ? "–" : value.toFixed(1));

function glueLines(result: GlueResult): string[] {
  const { tasks, average, averageWithoutWnli, bertAverage } = result;
  return [
    ...tasks.map(glueLine),
    ...(average === null ? [] : [`average  ${number(average)}`]),
    ...(averageWithoutWnli === null ? [] : [`without WNLI  ${number(averageWithoutWnli)}`]),
    ...(bertAverage === null ? [] : [`average of BERT's table  ${number(bertAverage)}`]),
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
  return versions.map(({ version, metrics, noAnswerThreshold, learningRate }) => {
    if (learningRate === null) return `v${version}  every training diverged`;
    const shown = (exact: string, f1: string) =>
      `EM ${number(metrics[exact] ?? null)}, F1 ${number(metrics[f1] ?? null)}`;
    if (version === "1.1") {
      return `v1.1  ${shown("exact_match", "f1")}  (learning rate ${learningRate})`;
    }
    const parts = [
      `with an answer: ${shown("HasAns_exact", "HasAns_f1")}`,
      `without: ${shown("NoAns_exact", "NoAns_f1")}`,
      `none above ${noAnswerThreshold?.toPrecision(3) ?? "–"}`,
      `learning rate ${learningRate}`,
    ];
    return `v2.0  ${shown("exact", "f1")}  (${parts.join("; ")})`;
  });
}

/** Formats the counts of texts that did not fit into the rows. */
function cutLines(result: GlueResult | SquadResult): string[] {
  const lines = (name: string, what: string, cut: Record<string, number>) => {
    const parts = Object.entries(cut).filter(([, count]) => count > 0);
    const counts = parts.map(([set, count]) => `${count} of ${set}`).join(", ");
    return parts.length === 0 ? [] : [`${name}: ${what}: ${counts}`];
  };
  const { length } = result.tuning;
  return result.benchmark === "GLUE"
    ? result.tasks.flatMap(({ task, cut }) => lines(task, `rows cut off at ${length} tokens`, cut))
    : result.versions.flatMap(({ version, cut }) => {
        const what = `questions cut off at ${result.spans.questionLength} word pieces`;
        return lines(`v${version}`, what, cut);
      });
}

function missingLines(result: GlueResult | SquadResult): string[] {
  if (result.benchmark !== "GLUE" || result.missing.length === 0) return [];
  return [`glue-submission.zip is without ${result.missing.join(", ")}`];
}

function malformedLines(files: readonly FileReport[]): string[] {
  return files.flatMap(({ file, rows, malformed }) =>
    malformed.map(
      ({ reason, count, first }) =>
        `${file}: ${count} of ${rows} rows malformed: ${reason} (first: ${first.join(", ")})`,
    ),
  );
}
