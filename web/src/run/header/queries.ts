import { graphql } from "@/generated";

export const pauseSearch = graphql(`
  mutation PauseSearch($id: ID!) {
    pauseSearch(id: $id) {
      ...RunSummary
    }
  }
`);

export const resumeSearch = graphql(`
  mutation ResumeSearch($id: ID!) {
    resumeSearch(id: $id) {
      ...RunSummary
    }
  }
`);

export const extendSearch = graphql(`
  mutation ExtendSearch($id: ID!, $generations: Int!) {
    extendSearch(id: $id, generations: $generations) {
      ...RunSummary
      settings
    }
  }
`);

export const cancelSearch = graphql(`
  mutation CancelSearch($id: ID!) {
    cancelSearch(id: $id) {
      ...RunSummary
    }
  }
`);

export const archiveRun = graphql(`
  mutation ArchiveRun($id: ID!) {
    archiveRun(id: $id) {
      ...RunSummary
    }
  }
`);

export const deleteRun = graphql(`
  mutation DeleteRun($id: ID!) {
    deleteRun(id: $id) {
      ...RunSummary
    }
  }
`);

export const restoreRun = graphql(`
  mutation RestoreRun($id: ID!) {
    restoreRun(id: $id) {
      ...RunSummary
    }
  }
`);

/** Changes what people say of a run; tags are added and removed one by one, so that others' stay. */
export const describeRun = graphql(`
  mutation DescribeRun(
    $id: ID!
    $name: String!
    $note: String
    $added: [String!]!
    $removed: [String!]!
    $adds: Boolean!
    $removes: Boolean!
  ) {
    renameRun(id: $id, name: $name) {
      changed
    }
    tag(id: $id, tags: $added) @include(if: $adds) {
      changed
    }
    untag(id: $id, tags: $removed) @include(if: $removes) {
      changed
    }
    annotate(id: $id, note: $note) {
      run {
        ...RunSummary
        note
        tags
      }
    }
  }
`);

export const cloneSearch = graphql(`
  mutation CloneSearch($id: ID!, $changes: CloneSearchInput!, $idempotencyKey: String!) {
    cloneSearch(id: $id, changes: $changes, idempotencyKey: $idempotencyKey) {
      ...RunSummary
    }
  }
`);

/** The candidates and references of a run that failed, with their reasons. */
export const failedArchitectures = graphql(`
  query FailedArchitectures($id: ID!) {
    searchRun(id: $id) {
      id
      failedArchitectures {
        id
        name
        failed {
          code
          message
        }
      }
    }
  }
`);
