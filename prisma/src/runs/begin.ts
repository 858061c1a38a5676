import type { Database } from "../client.js";
import { workKey } from "../contracts/jobs.js";
import type { SearchRun } from "../generated/client.js";
import type { ClaimedWork } from "./claim.js";

/** A wish to begin the evaluation of a candidate or reference. */
export interface WantedCandidate {
  architectureId: string;
  workerId: string;
  /** Engine of the worker, as `joinRun` has noted it. */
  engine: string;
  /** Id of the worker's artifact store. */
  store: string;
}

/** A candidate whose evaluation has begun. */
export interface BegunCandidate extends ClaimedWork {
  key: string;
  /** The architecture as it is stored, not parsed yet. */
  json: unknown;
}

/**
 * Reads candidates of a run and claims them as `claimWork` does, in one statement (decision 0041). It
 * begins none that is not open, none while the run does not search, and none for a worker whose engine has
 * not worked for the run yet or whose store is another than the super-net's.
 * @returns one answer for each; null for one that has not begun
 */
export async function beginCandidates(
  db: Database,
  runId: string,
  wanted: readonly WantedCandidate[],
): Promise<(BegunCandidate | null)[]> {
  type Row = SearchRun & {
    places: number[];
    keys: string[];
    architectures: unknown[];
    attempts: number[];
  };
  const [row] = await db.$queryRaw<Row[]>`
    SELECT begun.places, begun.keys, begun.architectures, begun.attempts, (begun.run).*
      FROM opnas_begin_candidates(
             ${runId}::uuid,
             ${wanted.map(({ architectureId }) => architectureId)}::uuid[],
             ${wanted.map(({ workerId }) => workerId)}::uuid[],
             ${wanted.map(({ engine }) => engine)}::text[],
             ${wanted.map(({ store }) => store)}::text[]
           ) AS begun`;
  if (row === undefined) return wanted.map(() => null);
  const { places, keys, architectures, attempts, ...run } = row;
  return wanted.map(({ architectureId, workerId }, index) => {
    const nth = places.indexOf(index + 1);
    const [key, attempt] = [keys[nth], attempts[nth]];
    if (key === undefined || attempt === undefined) return null;
    const work = workKey({ kind: "evaluate", runId, architectureId });
    const claim = { runId, workKey: work, workerId, attempt };
    return { key, json: architectures[nth], claim, run };
  });
}
