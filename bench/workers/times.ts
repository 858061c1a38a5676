import { readRecord } from "../record/file.ts";

/** Kinds of evaluation times; see `evaluationTimes`. */
export const kindsOfTimes = ["alike", "recorded"] as const;

/** Share of the recorded times that is left out, the longest: a run would wait for one of 20 means at its end. */
const leftOut = 0.01;

/** The golden ratio less one, by whose multiples places are spread evenly, in a fixed order. */
const golden = 0.618_033_988_75;

/**
 * Returns a function from the number of an evaluation to the seconds that it takes, on average `mean`:
 * `alike` ones differ by at most a tenth, so that those that begin together end together; `recorded` ones
 * are spread as the 1,254 trainings of candidates in bench/record/record.json.gz were.
 */
export async function evaluationTimes(
  kind: (typeof kindsOfTimes)[number],
  mean: number,
): Promise<(evaluation: number) => number> {
  const place = (evaluation: number) => (evaluation * golden) % 1;
  if (kind === "alike") return (evaluation) => mean * (0.95 + 0.1 * place(evaluation));
  const file = new URL("../record/record.json.gz", import.meta.url).pathname;
  const { entries } = await readRecord(file);
  const sorted = entries.flatMap(({ runs }) => runs.map(({ seconds }) => seconds));
  sorted.sort((a, b) => a - b);
  const kept = sorted.slice(0, Math.ceil((1 - leftOut) * sorted.length));
  const scale = (mean * kept.length) / kept.reduce((sum, seconds) => sum + seconds, 0);
  return (evaluation) => scale * (kept[Math.floor(place(evaluation) * kept.length)] ?? mean);
}
