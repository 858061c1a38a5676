import { type DocumentType, graphql } from "@/generated";

export const eventLine = graphql(`
  fragment EventLine on SearchEvent {
    seq
    kind
    time
    payload
    architecture {
      ...CandidatePoint
    }
    generation {
      ...GenerationPoint
    }
  }
`);

export const runEvents = graphql(`
  subscription RunEvents($runId: ID!, $after: Int) {
    searchEvents(runId: $runId, after: $after) {
      ...EventLine
      run {
        ...RunDetails
      }
    }
  }
`);

export const pastEvents = graphql(`
  query PastEvents($id: ID!, $first: Int!, $after: Int!) {
    searchRun(id: $id) {
      id
      events(first: $first, after: $after) {
        ...EventLine
      }
    }
  }
`);

export type EventLine = DocumentType<typeof eventLine>;
