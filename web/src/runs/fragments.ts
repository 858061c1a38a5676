import { type DocumentType, graphql } from "@/generated";

/** The fields of a run that lists show and events keep current. */
export const runSummary = graphql(`
  fragment RunSummary on SearchRun {
    id
    name
    status
    phase
    seed
    preset
    strategy
    engine
    createdAt
    startedAt
    finishedAt
    archivedAt
    deletedAt
    lastSeq
    failures
    waitingReason
    progress {
      phase
      done
      total
      etaSeconds
      fraction
      message
    }
    error {
      code
      message
    }
    bestArchitecture {
      id
      name
      score
    }
  }
`);

export type Run = DocumentType<typeof runSummary>;

export const runList = graphql(`
  query RunList($first: Int!, $after: String, $filter: RunFilter, $orderBy: RunOrder) {
    searchRuns(first: $first, after: $after, filter: $filter, orderBy: $orderBy) {
      totalCount
      pageInfo {
        hasNextPage
        endCursor
      }
      edges {
        node {
          ...RunSummary
        }
      }
    }
  }
`);

/** Sends every run that is new or changed. */
export const runChanges = graphql(`
  subscription RunChanges {
    runsChanged {
      ...RunSummary
    }
  }
`);
