import { type DocumentType, graphql } from "../generated/index.js";

/** The score of an architecture on one proxy task, beside the task's two baselines. */
export const taskScore = graphql(`
  fragment TaskScore on TaskScore {
    task
    kind
    metric
    score
    majority
    ngram
  }
`);

/** An architecture and its measures, as a record lists candidates and references. */
export const measuredArchitecture = graphql(`
  fragment MeasuredArchitecture on Architecture {
    key
    name
    json
    params
    flops
    score
    stability
    taskScores {
      ...TaskScore
    }
  }
`);

/** A reference backbone, scored beside the candidates of a run. */
export const reference = graphql(`
  fragment Reference on Architecture {
    reference
    ...MeasuredArchitecture
  }
`);

export type Reference = DocumentType<typeof reference>;

/** A candidate with its lineage and every evaluation of it. */
export const candidate = graphql(`
  fragment Candidate on Architecture {
    id
    ...MeasuredArchitecture
    mutation
    generationIndex
    indexInGeneration
    parent {
      key
    }
    evaluations {
      heldOutLoss
      heldOutAccuracy
      tokenUniformity
      stepSeconds
      stepRatio
      times {
        trainSeconds
        fineTuneSeconds
        scoreSeconds
        overheadSeconds
      }
      engine
      attempt
    }
  }
`);

export type Candidate = DocumentType<typeof candidate>;

/** A page of a run's candidates, in the order in which they were proposed. */
export const candidatesDocument = graphql(`
  query Candidates($id: ID!, $after: String) {
    searchRun(id: $id) {
      architectures(first: 50, after: $after, orderBy: { field: CREATED_AT, direction: ASC }) {
        pageInfo {
          hasNextPage
          endCursor
        }
        edges {
          node {
            ...Candidate
          }
        }
      }
    }
  }
`);

export const leaderboardDocument = graphql(`
  query Leaderboard(
    $first: Int!
    $after: String
    $filter: LeaderboardFilter
    $orderBy: ArchitectureOrder
  ) {
    leaderboard(first: $first, after: $after, filter: $filter, orderBy: $orderBy) {
      totalCount
      pageInfo {
        hasNextPage
        endCursor
      }
      edges {
        node {
          id
          name
          key
          score
          stability
          params
          flops
          stepSeconds
          stepRatio
          reference
          generationIndex
          tags
          createdAt
          run {
            id
            name
          }
        }
      }
    }
  }
`);
