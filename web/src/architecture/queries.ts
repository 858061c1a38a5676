import { type DocumentType, graphql } from "@/generated";

export const architectureDetails = graphql(`
  query ArchitectureDetails($id: ID!) {
    architecture(id: $id) {
      ...CandidateRow
      failed {
        code
        message
      }
      json
      mutation
      layers {
        index
        kind
        kernelSize
        formula
        graph {
          inputs
          output
          nodes {
            id
            kind
            op
            label
            shape
          }
          edges {
            id
            source
            target
            argument
          }
        }
      }
      taskScores {
        task
        title
        kind
        metric
        score
        majority
        ngram
        diverged
      }
      lineage {
        mutation
        architecture {
          id
          name
          score
          generationIndex
        }
      }
      evaluations {
        id
        score
        stability
        heldOutLoss
        heldOutAccuracy
        stepSeconds
        stepRatio
        tokenUniformity
        engine
        attempt
        createdAt
      }
      run {
        id
        name
        status
        lastSeq
        references {
          id
          name
          evaluations {
            id
            tokenUniformity
          }
        }
      }
    }
  }
`);

/** The events of a run, read for the ids of the candidates that they score. */
export const scoredCandidates = graphql(`
  subscription ScoredCandidates($runId: ID!, $after: Int) {
    searchEvents(runId: $runId, after: $after) {
      seq
      kind
      run {
        id
        status
      }
      architecture {
        id
      }
    }
  }
`);

export type Architecture = NonNullable<DocumentType<typeof architectureDetails>["architecture"]>;
export type Layer = Architecture["layers"][number];
export type Graph = NonNullable<Layer["graph"]>;
export type TaskScore = Architecture["taskScores"][number];
