import { type DocumentType, graphql } from "../generated/index.js";

/** The part of a run that its JSON record begins with; candidates come page by page. */
export const recordedRun = graphql(`
  fragment RecordedRun on SearchRun {
    id
    name
    status
    seed
    preset
    strategy
    settings
    engine
    createdAt
    startedAt
    finishedAt
    bestArchitecture {
      key
    }
    references {
      ...Reference
    }
    generations {
      index
      size
      bestScore
      meanScore
      startedAt
      finishedAt
    }
    timings {
      superNetSeconds
      trainSeconds
      fineTuneSeconds
      scoreSeconds
      overheadSeconds
    }
  }
`);

export type RecordedRun = DocumentType<typeof recordedRun>;

export const recordDocument = graphql(`
  query Record($id: ID!) {
    searchRun(id: $id) {
      ...RecordedRun
    }
  }
`);

/** The statistics of one operation at one place, from which its mutation probability comes. */
export const operationStatistic = graphql(`
  fragment OperationStatistic on OperationPriority {
    kind
    position
    operation
    count
    meanScore
    ucb
    probability
  }
`);

export type OperationStatistic = DocumentType<typeof operationStatistic>;

export const operationsDocument = graphql(`
  query Operations($runId: ID!, $generation: Int!) {
    operationPriorities(runId: $runId, generation: $generation) {
      ...OperationStatistic
    }
  }
`);
