import { graphql } from "../generated/index.js";

/** Starts a search with another's settings. */
export const cloneDocument = graphql(`
  mutation Clone($id: ID!, $changes: CloneSearchInput, $idempotencyKey: String) {
    cloneSearch(id: $id, changes: $changes, idempotencyKey: $idempotencyKey) {
      id
      name
    }
  }
`);

/** The part of a run or architecture that a change of its name, note or tags is answered with. */
export const annotation = graphql(`
  fragment Annotation on AnnotationPayload {
    run {
      name
    }
    architecture {
      name
    }
    changed
    tags
    note
  }
`);

export const renameDocument = graphql(`
  mutation Rename($id: ID!, $name: String!) {
    renameRun(id: $id, name: $name) {
      ...Annotation
    }
  }
`);

export const tagDocument = graphql(`
  mutation AddTags($id: ID!, $tags: [String!]!) {
    tag(id: $id, tags: $tags) {
      ...Annotation
    }
  }
`);

export const untagDocument = graphql(`
  mutation RemoveTags($id: ID!, $tags: [String!]!) {
    untag(id: $id, tags: $tags) {
      ...Annotation
    }
  }
`);

export const annotateDocument = graphql(`
  mutation SetNote($id: ID!, $note: String) {
    annotate(id: $id, note: $note) {
      ...Annotation
    }
  }
`);

/** Runs or architectures side by side. */
export const compareDocument = graphql(`
  query Compare($ids: [ID!]!) {
    compare(ids: $ids) {
      runs {
        name
      }
      architectures {
        name
      }
      settings {
        path
        values
      }
      tasks {
        task
        scores
      }
      measures {
        measure
        values
      }
    }
  }
`);

/** One architecture with what its layers compute. */
export const architectureDocument = graphql(`
  query ShownArchitecture($id: ID!) {
    architecture(id: $id) {
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
      mutation
      generationIndex
      tags
      note
      json
      run {
        id
        name
      }
      exports {
        id
        format
        status
        progress
        bytes
        training {
          id
        }
        error {
          message
        }
      }
      taskScores {
        task
        score
        majority
      }
      layers {
        index
        kind
        formula
        kernelSize
        graph {
          output
          nodes {
            id
            kind
            label
          }
          edges {
            source
            target
            argument
          }
        }
      }
    }
  }
`);

export const workersDocument = graphql(`
  query Workers {
    workers {
      id
      name
      engine
      engineReasons
      status
      slots
      threads
      currentJobs
      restReason
      lastSeenAt
    }
  }
`);

/** Stored events of a run after a sequence number. */
export const storedEventsDocument = graphql(`
  query StoredEvents($id: ID!, $first: Int!, $after: Int!) {
    searchRun(id: $id) {
      status
      lastSeq
      events(first: $first, after: $after) {
        seq
        kind
        time
        payload
      }
    }
  }
`);

/** Events of a run, the stored ones first. */
export const followedEventsDocument = graphql(`
  subscription FollowedEvents($runId: ID!, $after: Int!) {
    searchEvents(runId: $runId, after: $after) {
      seq
      kind
      time
      payload
    }
  }
`);
