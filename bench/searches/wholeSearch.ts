import {
  searchContext,
  strategies,
  type Architecture,
  type Candidate,
  type SearchSettings,
  type StrategyName,
} from "@opnas/core";
import { item } from "../common/items.ts";
import { eta, note } from "../common/progress.ts";
import type { Pool } from "../pool/pool.ts";
import type { ScoreRequest } from "../pool/protocol.ts";
import type { KeptScores } from "./scores.ts";

/** One whole search: a strategy under a seed, with the super-net of that seed. */
export interface WholeSearch {
  strategy: StrategyName;
  seed: number;
  settings: SearchSettings;
  superNetFile: string;
}

/** A scored candidate, as strategies read it. */
export type Evaluated = Candidate<Architecture>;

/**
 * Runs a search until it has evaluated `evaluations` candidates, each trained and scored as the
 * platform does; what is among `kept` is taken from there: a score follows from the architecture,
 * the seed and the settings.
 *
 * @returns the candidates in the order of their proposal
 */
export async function runWholeSearch(
  pool: Pool,
  { strategy, seed, settings, superNetFile }: WholeSearch,
  evaluations: number,
  kept: KeptScores,
): Promise<Evaluated[]> {
  const proposals = strategies[strategy];
  const context = searchContext(settings, seed);
  const history: Evaluated[] = [];
  for (let generation = 0; history.length < evaluations; generation++) {
    const { children } =
      generation === 0 ? proposals.initial(context) : proposals.next(history, generation, context);
    const proposed = children.slice(0, evaluations - history.length);
    if (proposed.length === 0) break;
    const requests = proposed
      .filter(({ key }) => kept.get(key, seed) === undefined)
      .map(({ architecture, key }): ScoreRequest => {
        return { type: "evaluate", settings, seed, architecture, key, superNetFile };
      });
    await scoreAndKeep(pool, requests, kept);
    for (const [index, { architecture, key }] of proposed.entries()) {
      const score = item([kept.get(key, seed)], 0);
      history.push({ architecture, key, score, generation, index });
    }
    const best = Math.max(...history.map(({ score }) => score));
    note(`${strategy} ${seed}: ${history.length}/${evaluations}, best ${best.toFixed(2)}`, 5000);
  }
  return history;
}

/** Scores architectures, and keeps each score as soon as it is known. */
export async function scoreAndKeep(
  pool: Pool,
  requests: readonly ScoreRequest[],
  kept: KeptScores,
): Promise<void> {
  const clock = eta();
  let count = 0;
  let saving = Promise.resolve();
  await pool.score(requests, (index, { score }) => {
    note(`${++count}/${requests.length} scored, ${clock(count / requests.length)}`, 10_000);
    const { key, seed } = item(requests, index);
    saving = saving.then(() => kept.add({ key, seed, score }));
  });
  await saving;
}
