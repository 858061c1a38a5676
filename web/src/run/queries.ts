import { type DocumentType, graphql } from "@/generated";

export const generationPoint = graphql(`
  fragment GenerationPoint on Generation {
    id
    index
    size
    evaluated
    bestScore
    meanScore
    bestScoreSoFar
    startedAt
    finishedAt
  }
`);

export const candidatePoint = graphql(`
  fragment CandidatePoint on Architecture {
    id
    name
    score
    stability
    generationIndex
    indexInGeneration
  }
`);

export const runDetails = graphql(`
  fragment RunDetails on SearchRun {
    ...RunSummary
    engines
    superNetSkipped
    note
    tags
    timings {
      superNetSeconds
      trainSeconds
      fineTuneSeconds
      scoreSeconds
      overheadSeconds
    }
    bestArchitecture {
      ...CandidateRow
    }
  }
`);

export const runPage = graphql(`
  query RunPage($id: ID!) {
    searchRun(id: $id) {
      ...RunDetails
      settings
      generations {
        ...GenerationPoint
        candidates {
          ...CandidatePoint
        }
      }
    }
  }
`);

export type FullRun = NonNullable<DocumentType<typeof runPage>["searchRun"]>;
export type GenerationWithCandidates = FullRun["generations"][number];
