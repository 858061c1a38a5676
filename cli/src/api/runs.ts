import { type DocumentType, graphql } from "../generated/index.js";

/** The state of a run, as it is shown while the run goes on. */
export const runState = graphql(`
  fragment RunState on SearchRun {
    id
    name
    status
    lastSeq
    failures
    waitingReason
    error {
      code
      message
    }
    progress {
      phase
      done
      total
      etaSeconds
      fraction
      message
    }
    bestArchitecture {
      name
      score
    }
  }
`);

export type RunState = DocumentType<typeof runState>;

export const runDocument = graphql(`
  query Run($id: ID!) {
    searchRun(id: $id) {
      ...RunState
    }
  }
`);

/** The events of a run after a sequence number: stored ones first, then live ones. */
export const eventsDocument = graphql(`
  subscription Events($runId: ID!, $after: Int!) {
    searchEvents(runId: $runId, after: $after) {
      seq
      kind
    }
  }
`);

export const runsDocument = graphql(`
  query Runs($first: Int!, $after: String, $filter: RunFilter, $orderBy: RunOrder) {
    searchRuns(first: $first, after: $after, filter: $filter, orderBy: $orderBy) {
      totalCount
      pageInfo {
        hasNextPage
        endCursor
      }
      edges {
        node {
          id
          name
          status
          preset
          seed
          createdAt
          failures
          tags
          progress {
            fraction
          }
          bestArchitecture {
            score
          }
        }
      }
    }
  }
`);

export const startSearchDocument = graphql(`
  mutation StartSearch($input: StartSearchInput!) {
    startSearch(input: $input) {
      id
      name
    }
  }
`);

/** The part of a run that a change of its state is answered with. */
export const changedRun = graphql(`
  fragment ChangedRun on SearchRun {
    id
    status
  }
`);

export const pauseDocument = graphql(`
  mutation Pause($id: ID!) {
    pauseSearch(id: $id) {
      ...ChangedRun
    }
  }
`);

export const resumeDocument = graphql(`
  mutation Resume($id: ID!) {
    resumeSearch(id: $id) {
      ...ChangedRun
    }
  }
`);

export const cancelDocument = graphql(`
  mutation Cancel($id: ID!) {
    cancelSearch(id: $id) {
      ...ChangedRun
    }
  }
`);

/** Adds generations to a finished run. */
export const extendDocument = graphql(`
  mutation Extend($id: ID!, $generations: Int!) {
    extendSearch(id: $id, generations: $generations) {
      ...ChangedRun
    }
  }
`);

/** Takes a run out of the lists. */
export const archiveDocument = graphql(`
  mutation Archive($id: ID!) {
    archiveRun(id: $id) {
      ...ChangedRun
    }
  }
`);

/** Deletes a run; it can be restored for a while. */
export const deleteDocument = graphql(`
  mutation Delete($id: ID!) {
    deleteRun(id: $id) {
      ...ChangedRun
    }
  }
`);

/** Brings an archived or deleted run back. */
export const restoreDocument = graphql(`
  mutation Restore($id: ID!) {
    restoreRun(id: $id) {
      ...ChangedRun
    }
  }
`);
