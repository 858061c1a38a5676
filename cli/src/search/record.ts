import { candidatesDocument, type Candidate, type Reference } from "../api/architectures.js";
import type { Api } from "../api/client.js";
import { CliError, exitCodes } from "../api/error.js";
import {
  operationsDocument,
  recordDocument,
  type OperationStatistic,
  type RecordedRun,
} from "../api/records.js";
import type { CandidatesQuery } from "../generated/graphql.js";

/** Everything about a run that its record is built from. */
export interface RunData {
  run: RecordedRun;
  candidates: Candidate[];
  /** Operation statistics by generation. */
  operations: OperationStatistic[][];
}

/**
 * Reads everything about a run that its record is built from.
 *
 * @throws CliError when there is no such run
 */
export async function fetchRunData(api: Api, id: string): Promise<RunData> {
  const { searchRun: run } = await api.request(recordDocument, { id });
  if (run === null) {
    throw new CliError(`There is no run ${id}.`, exitCodes.usage);
  }
  const candidates = await fetchCandidates(api, id);
  const operations: OperationStatistic[][] = [];
  for (const { index } of byIndex(run)) {
    const answer = await api.request(operationsDocument, { runId: id, generation: index });
    operations.push(answer.operationPriorities);
  }
  return { run, candidates, operations };
}

async function fetchCandidates(api: Api, id: string): Promise<Candidate[]> {
  const candidates: Candidate[] = [];
  let after: string | null = null;
  do {
    const variables: { id: string; after: string | null } = { id, after };
    const { searchRun }: CandidatesQuery = await api.request(candidatesDocument, variables);
    const edges = searchRun?.architectures.edges ?? [];
    candidates.push(...edges.map(({ node }) => node));
    const info = searchRun?.architectures.pageInfo;
    after = info?.hasNextPage === true ? info.endCursor : null;
  } while (after !== null);
  return candidates;
}

/**
 * Builds the JSON record of a run. All that the seed and the engine determine comes first and in a fixed
 * order, so that the records of two runs with one seed differ only in `run` and `timings`.
 */
export function buildRecord({ run, candidates, operations }: RunData) {
  return {
    seed: run.seed,
    preset: run.preset,
    strategy: run.strategy,
    engine: run.engine,
    settings: sorted(run.settings),
    best: run.bestArchitecture?.key ?? null,
    generations: byIndex(run).map(({ index, bestScore, meanScore }, place) => ({
      index,
      bestScore,
      meanScore,
      candidates: members(candidates, index).map(describe),
      operationPriorities: [...(operations[place] ?? [])].sort(byPlace),
    })),
    references: run.references.map(describeReference),
    run: {
      id: run.id,
      name: run.name,
      status: run.status,
      createdAt: run.createdAt,
      startedAt: run.startedAt,
      finishedAt: run.finishedAt,
    },
    timings: {
      seconds: run.timings,
      generations: byIndex(run).map(({ index, startedAt, finishedAt }) => ({
        index,
        startedAt,
        finishedAt,
        candidates: members(candidates, index).map(({ key, evaluations }) => ({
          key,
          evaluations: evaluations.map(({ engine, attempt, stepSeconds, stepRatio, times }) => ({
            engine,
            attempt,
            stepSeconds,
            stepRatio,
            timings: sorted(times),
          })),
        })),
      })),
    },
  };
}

function describe(candidate: Candidate) {
  const [evaluation] = candidate.evaluations;
  return {
    key: candidate.key,
    architecture: sorted(candidate.json),
    score: candidate.score,
    taskScores: [...candidate.taskScores].sort((a, b) => compare(a.task, b.task)),
    name: candidate.name,
    stability: candidate.stability,
    heldOutLoss: evaluation?.heldOutLoss ?? null,
    heldOutAccuracy: evaluation?.heldOutAccuracy ?? null,
    tokenUniformity: evaluation?.tokenUniformity ?? null,
    params: candidate.params,
    flops: candidate.flops,
    lineage: { parent: candidate.parent?.key ?? null, mutation: candidate.mutation },
  };
}

function describeReference(reference: Reference) {
  return {
    reference: reference.reference,
    name: reference.name,
    key: reference.key,
    params: reference.params,
    flops: reference.flops,
    score: reference.score,
    stability: reference.stability,
    architecture: sorted(reference.json),
    taskScores: [...reference.taskScores].sort((a, b) => compare(a.task, b.task)),
  };
}

function byIndex(run: RecordedRun): RecordedRun["generations"] {
  return [...run.generations].sort((a, b) => a.index - b.index);
}

function members(candidates: readonly Candidate[], generation: number): Candidate[] {
  return candidates
    .filter(({ generationIndex }) => generationIndex === generation)
    .sort((a, b) => a.indexInGeneration - b.indexInGeneration);
}

function byPlace(a: OperationStatistic, b: OperationStatistic): number {
  return compare(a.kind, b.kind) || a.position - b.position || compare(a.operation, b.operation);
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Returns the JSON value with the keys of every object in alphabetical order. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).sort(([a], [b]) => compare(a, b));
  return Object.fromEntries(entries.map(([key, inner]) => [key, sorted(inner)]));
}
