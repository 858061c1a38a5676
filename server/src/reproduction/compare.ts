import type { CandidateResult, Evaluation } from "@opnas/prisma";
import { candidateResultSchema, readTaskScores } from "@opnas/prisma";
import type { ReproductionComparison, ReproductionDifference } from "./types.js";

/** The values of an evaluation that do not depend on how fast it was. */
type Values = Pick<
  CandidateResult,
  "score" | "stability" | "heldOutLoss" | "heldOutAccuracy" | "tokenUniformity" | "taskScores"
>;

/**
 * Compares a reproduction with the stored evaluation, value by value. Times are left out: they are no
 * result. Doubles are stored as they are, so that equal here means equal to the last bit.
 * @param reproduction its result as it is stored, and the engine that made it
 * @param engines the engines that worked for the run, as the reproduction's is named
 */
export function compareReproduction(
  evaluation: Evaluation,
  reproduction: { result: unknown; engine: string | null },
  engines: readonly string[],
): ReproductionComparison {
  const again = candidateResultSchema.parse(reproduction.result);
  const stored = { ...evaluation, taskScores: readTaskScores(evaluation.taskScores) };
  const differences = differencesOf(flat(valuesOf(stored)), flat(valuesOf(again)));
  const isEqual = differences.length === 0;
  const causes = isEqual ? [] : causesOf(reproduction.engine, engines);
  return { isEqual, score: again.score, differences, causes };
}

function valuesOf({
  score,
  stability,
  heldOutLoss,
  heldOutAccuracy,
  tokenUniformity,
  taskScores,
}: { [Name in keyof Values]: unknown }) {
  return { score, stability, heldOutLoss, heldOutAccuracy, tokenUniformity, taskScores };
}

/** Lists the leaves of a value as JSON, by their path; the scores of a task by its name. */
function flat(value: unknown, path = ""): Map<string, string> {
  if (typeof value !== "object" || value === null) return new Map([[path, JSON.stringify(value)]]);
  const entries = Object.entries(value).flatMap(([key, each]: [string, unknown]) => {
    if (each === undefined) return [];
    const isTask = typeof each === "object" && each !== null && "task" in each;
    const name = isTask ? String(each.task) : key;
    return [...flat(each, path === "" ? name : `${path}.${name}`)];
  });
  return new Map(entries);
}

function differencesOf(
  stored: ReadonlyMap<string, string>,
  again: ReadonlyMap<string, string>,
): ReproductionDifference[] {
  const names = [...new Set([...stored.keys(), ...again.keys()])];
  return names.flatMap((name) => {
    const [before, after] = [stored.get(name) ?? "null", again.get(name) ?? "null"];
    return before === after ? [] : [{ name, stored: before, again: after }];
  });
}

function causesOf(engine: string | null, engines: readonly string[]): string[] {
  const named = engines.join("; ");
  if (engine !== null && engines.length === 1 && engines.includes(engine)) {
    return [
      `Both were made by ${engine}: another version of OP-NAS, or a fault of a machine, may be the cause.`,
    ];
  }
  if (engines.length > 1) {
    return [
      `Several engines worked for the run (${named}) and this one was made by ${engine ?? "another"}: engines and types of processors round differently.`,
    ];
  }
  const first = named === "" ? "an engine that was not recorded" : named;
  return [
    `The run's results were made by ${first}, this one by ${engine ?? "another"}: engines and types of processors round differently.`,
  ];
}
