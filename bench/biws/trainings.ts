import path from "node:path";
import type { SearchSettings, TaskName } from "@opnas/core";
import { item } from "../common/items.ts";
import { eta, note } from "../common/progress.ts";
import type { Pool } from "../pool/pool.ts";
import type { ScoreRequest } from "../pool/protocol.ts";
import { trainSuperNets } from "../pool/superNets.ts";
import type { RecordEntry, TrainingRecord } from "../record/file.ts";

/** Architectures that are trained alone again, for the cost. */
const againAlone = 4;

export const variantNames = ["biws", "oneBranch"] as const;
/** A way to train a super-net: two branches a step, or one. */
export type Variant = (typeof variantNames)[number];

/** Everything that the bench trains. */
export interface Plan {
  entries: readonly RecordEntry[];
  seeds: readonly number[];
  variants: Readonly<Record<Variant, SearchSettings>>;
  /** The trainings alone. */
  alone: { settings: SearchSettings; plan: TrainingRecord["plan"] };
}

/** Scores (0–100) of an architecture with inherited weights. */
export interface Inherited {
  score: number;
  heldOutLoss: number | null;
  tasks: Partial<Record<TaskName, number>>;
}

/** Results by variant, then by seed, then by architecture in the plan's order. */
export type Results = Record<Variant, Inherited[][]>;

/** Returns the file of a super-net. */
export function superNetFile(folder: string, variant: Variant, seed: number): string {
  return path.join(folder, `${variant}-${seed}.safetensors`);
}

/** Trains every super-net that is missing; returns the seconds of those with two branches a step. */
export async function trainAll(
  pool: Pool,
  { variants, seeds }: Plan,
  folder: string,
): Promise<number[]> {
  const requests = variantNames.flatMap((variant) =>
    seeds.map((seed) => {
      const file = superNetFile(folder, variant, seed);
      const settings = variants[variant];
      return { type: "superNet", settings, seed, superNetFile: file } as const;
    }),
  );
  const took = await trainSuperNets(pool, requests);
  return seeds.flatMap((seed) => took.get(superNetFile(folder, "biws", seed)) ?? []);
}

/** Scores every architecture with every super-net's weights; and a few alone, in between. */
export async function scoreAll(pool: Pool, plan: Plan, folder: string) {
  const { entries, seeds, variants } = plan;
  const results: Results = { biws: seeds.map(() => []), oneBranch: seeds.map(() => []) };
  const candidateSeconds: number[] = [];
  const aloneSeconds: number[] = [];

  /** A request, and what is done with its result. */
  interface Job {
    request: ScoreRequest;
    take: (result: Inherited, seconds: number) => void;
  }
  const alone = entries.slice(0, againAlone).map(({ key, architecture }): Job => {
    return {
      request: { type: "alone", ...plan.alone, seed: 1, key, architecture },
      take: (_, seconds) => aloneSeconds.push(seconds),
    };
  });
  const inherited = variantNames.flatMap((variant) =>
    seeds.flatMap((seed, place) =>
      entries.map(({ key, architecture }, at): Job => {
        const file = superNetFile(folder, variant, seed);
        const settings = variants[variant];
        return {
          request: { type: "evaluate", settings, seed, superNetFile: file, architecture, key },
          take: (result, seconds) => {
            item(results[variant], place)[at] = result;
            candidateSeconds.push(seconds);
          },
        };
      }),
    ),
  );
  const jobs = evenlyAmong(inherited, alone);
  const clock = eta();
  let count = 0;
  await pool.score(
    jobs.map(({ request }) => request),
    (index, { score, heldOutLoss, taskScores }, seconds) => {
      const tasks = Object.fromEntries(taskScores.map(({ task, score }) => [task, score]));
      item(jobs, index).take({ score, heldOutLoss, tasks }, seconds);
      note(`${++count}/${jobs.length} scored, ${clock(count / jobs.length)}`, 5000);
    },
  );
  return { results, candidateSeconds, aloneSeconds };
}

/** Returns all items, the few ones spread evenly over the others. */
function evenlyAmong<T>(many: readonly T[], few: readonly T[]): T[] {
  const total = many.length + few.length;
  const placed = [
    ...few.map((each, index) => ({ each, place: ((index + 0.5) * total) / few.length })),
    ...many.map((each, index) => ({ each, place: few.length + index })),
  ];
  return placed.sort((a, b) => a.place - b.place).map(({ each }) => each);
}
