import { type DocumentType, graphql } from "@/generated";

/** What lists show of a run, and what its events keep up to date. */
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
    lastSeq
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

/** Every run that is new or changed. */
export const runChanges = graphql(`
  subscription RunChanges {
    runsChanged {
      ...RunSummary
    }
  }
`);
