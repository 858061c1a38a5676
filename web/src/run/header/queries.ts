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

export const cancelSearch = graphql(`
  mutation CancelSearch($id: ID!) {
    cancelSearch(id: $id) {
      ...RunSummary
    }
  }
`);
