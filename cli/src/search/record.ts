import {
  candidatesAnswerSchema,
  operationsAnswerSchema,
  recordAnswerSchema,
  type Candidate,
  type OperationRow,
  type RecordRun,
  type Reference,
} from "../api/answers.js";
import type { Api } from "../api/client.js";
import { candidatesDocument, operationsDocument, recordDocument } from "../api/documents.js";
import { CliError, exitCodes } from "../api/error.js";

/** All of a run that the API tells. */
export interface RunData {
  run: RecordRun;
  candidates: Candidate[];
  /** Operation statistics by generation. */
  operations: OperationRow[][];
}

/** @throws CliError when there is no such run */
export async function fetchRunData(api: Api, id: string): Promise<RunData> {
  const { searchRun: run } = await api.request(recordDocument, { id }, recordAnswerSchema);
  if (run === null || run === undefined) {
    throw new CliError(`There is no run ${id}.`, exitCodes.usage);
  }
  const candidates = await fetchCandidates(api, id);
  const operations: OperationRow[][] = [];
  for (const { index } of byIndex(run)) {
    const variables = { runId: id, generation: index };
    const answer = await api.request(operationsDocument, variables, operationsAnswerSchema);
    operations.push(answer.operationPriorities);
  }
  return { run, candidates, operations };
}

async function fetchCandidates(api: Api, id: string): Promise<Candidate[]> {
  const candidates: Candidate[] = [];
  let after: string | null | undefined = null;
  do {
    const variables: { id: string; after: string | null } = { id, after };
    const { searchRun } = await api.request(candidatesDocument, variables, candidatesAnswerSchema);
    const edges = searchRun?.architectures.edges ?? [];
    candidates.push(...edges.map(({ node }) => node));
    const info = searchRun?.architectures.pageInfo;
    after = info?.hasNextPage === true ? info.endCursor : null;
  } while (after !== null && after !== undefined);
  return candidates;
}

/**
 * The JSON record of a run. All that the seed and the engine determine comes first and in a fixed
 * order, so that the records of two runs with one seed differ only in `run` and `timings`.
 */
export function buildRecord({ run, candidates, operations }: RunData) {
  return {
    seed: run.seed,
    preset: run.preset,
    strategy: run.strategy,
    engine: run.engine ?? null,
    settings: sorted(run.settings),
    best: run.bestArchitecture?.key ?? null,
    generations: byIndex(run).map(({ index, bestScore, meanScore }, place) => ({
      index,
      bestScore: bestScore ?? null,
      meanScore: meanScore ?? null,
      candidates: members(candidates, index).map(describe),
      operationPriorities: [...(operations[place] ?? [])].sort(byPlace),
    })),
    references: run.references.map(describeReference),
    run: {
      id: run.id,
      name: run.name,
      status: run.status,
      createdAt: run.createdAt,
      startedAt: run.startedAt ?? null,
      finishedAt: run.finishedAt ?? null,
    },
    timings: {
      seconds: run.timings,
      generations: byIndex(run).map(({ index, startedAt, finishedAt }) => ({
        index,
        startedAt,
        finishedAt: finishedAt ?? null,
        candidates: members(candidates, index).map(({ key, evaluations }) => ({
          key,
          evaluations: evaluations.map(({ engine, attempt, stepSeconds, timings }) => ({
            engine,
            attempt,
            stepSeconds: stepSeconds ?? null,
            timings: sorted(timings),
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
    score: candidate.score ?? null,
    taskScores: [...candidate.taskScores].sort((a, b) => compare(a.task, b.task)),
    name: candidate.name,
    stability: candidate.stability ?? null,
    heldOutLoss: evaluation?.heldOutLoss ?? null,
    heldOutAccuracy: evaluation?.heldOutAccuracy ?? null,
    tokenUniformity: evaluation?.tokenUniformity ?? null,
    params: candidate.params,
    flops: candidate.flops,
    lineage: { parent: candidate.parent?.key ?? null, mutation: candidate.mutation ?? null },
  };
}

function describeReference({ json, taskScores, ...rest }: Reference) {
  return {
    ...rest,
    architecture: sorted(json),
    taskScores: [...taskScores].sort((a, b) => compare(a.task, b.task)),
  };
}

function byIndex(run: RecordRun): RecordRun["generations"] {
  return [...run.generations].sort((a, b) => a.index - b.index);
}

function members(candidates: readonly Candidate[], generation: number): Candidate[] {
  return candidates
    .filter(({ generationIndex }) => generationIndex === generation)
    .sort((a, b) => a.indexInGeneration - b.indexInGeneration);
}

function byPlace(a: OperationRow, b: OperationRow): number {
  return compare(a.kind, b.kind) || a.position - b.position || compare(a.operation, b.operation);
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** The same JSON with the keys of every object in alphabetical order. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).sort(([a], [b]) => compare(a, b));
  return Object.fromEntries(entries.map(([key, inner]) => [key, sorted(inner)]));
}
