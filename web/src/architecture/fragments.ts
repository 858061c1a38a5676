import { type DocumentType, graphql } from "@/generated";

/** The fields of a candidate that a row of the leaderboard shows. */
export const candidateRow = graphql(`
  fragment CandidateRow on Architecture {
    id
    key
    name
    score
    stability
    params
    flops
    stepSeconds
    stepRatio
    reference
    generationIndex
    indexInGeneration
    createdAt
    layers {
      index
      kind
      kernelSize
    }
    run {
      id
      name
      preset
    }
  }
`);

export type Candidate = DocumentType<typeof candidateRow>;
