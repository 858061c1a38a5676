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

export const operationPriorities = graphql(`
  query OperationPriorities($runId: ID!, $generation: Int) {
    operationPriorities(runId: $runId, generation: $generation) {
      generation
      kind
      position
      operation
      count
      meanScore
      ucb
      probability
    }
  }
`);

export const priorityHistory = graphql(`
  query PriorityHistory($runId: ID!) {
    operationPriorities(runId: $runId, allGenerations: true) {
      generation
      kind
      position
      operation
      count
      meanScore
      ucb
      probability
    }
  }
`);

export const kernelsByDepth = graphql(`
  query KernelsByDepth($runId: ID!, $top: Int!) {
    kernelsByDepth(runId: $runId, top: $top) {
      layer
      attention
      kernels {
        kernelSize
        count
      }
    }
  }
`);

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

export type RunDetails = DocumentType<typeof runDetails>;
export type FullRun = NonNullable<DocumentType<typeof runPage>["searchRun"]>;
export type GenerationWithCandidates = FullRun["generations"][number];
export type EventLine = DocumentType<typeof eventLine>;
export type LayerChoices = DocumentType<typeof kernelsByDepth>["kernelsByDepth"][number];
export type Priority = DocumentType<typeof operationPriorities>["operationPriorities"][number];
