import { type DocumentType, graphql } from "../generated/index.js";

/** The state of a reproduction, as it is shown while it goes on. */
export const reproductionState = graphql(`
  fragment ReproductionState on Reproduction {
    id
    status
    engine
    waitingReason
    architecture {
      id
      name
      score
    }
    comparison {
      isEqual
      score
      differences {
        name
        stored
        again
      }
      causes
    }
    error {
      code
      message
    }
  }
`);

export type ReproductionState = DocumentType<typeof reproductionState>;

export const reproduceDocument = graphql(`
  mutation Reproduce($architectureId: ID!) {
    reproduce(architectureId: $architectureId) {
      id
    }
  }
`);

export const reproductionDocument = graphql(`
  query Reproduction($id: ID!) {
    reproduction(id: $id) {
      ...ReproductionState
    }
  }
`);

export const reproductionChangedDocument = graphql(`
  subscription ReproductionChanged($id: ID!) {
    reproductionChanged(id: $id) {
      ...ReproductionState
    }
  }
`);
