import { graphql } from "@/generated";

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
        id
        name
        note
        tags
      }
    }
  }
`);

/** Starts a search with the settings of another; its own page reads the rest. */
export const cloneSearch = graphql(`
  mutation CloneSearch($id: ID!, $changes: CloneSearchInput!, $idempotencyKey: String!) {
    cloneSearch(id: $id, changes: $changes, idempotencyKey: $idempotencyKey) {
      id
    }
  }
`);
