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
