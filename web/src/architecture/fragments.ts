import { type DocumentType, graphql } from "@/generated";

/** What a row of the leaderboard shows of a candidate. */
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
