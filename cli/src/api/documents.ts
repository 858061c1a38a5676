import { graphql } from "../generated/index.js";

export const startSearchDocument = graphql(`
  mutation StartSearch($input: StartSearchInput!) {
    startSearch(input: $input) {
      id
      name
    }
  }
`);

export const pauseDocument = graphql(`
  mutation Pause($id: ID!) {
    pauseSearch(id: $id) {
      id
      status
    }
  }
`);

export const resumeDocument = graphql(`
  mutation Resume($id: ID!) {
    resumeSearch(id: $id) {
      id
      status
    }
  }
`);

export const cancelDocument = graphql(`
  mutation Cancel($id: ID!) {
    cancelSearch(id: $id) {
      id
      status
    }
  }
`);

/** What is shown of a run while it goes on. */
export const runDocument = graphql(`
  query Run($id: ID!) {
    searchRun(id: $id) {
      id
      name
      status
      lastSeq
      error {
        code
        message
      }
      progress {
        phase
        done
        total
        etaSeconds
        fraction
        message
      }
      bestArchitecture {
        name
        score
      }
    }
  }
`);

export const eventsDocument = graphql(`
  subscription Events($runId: ID!, $after: Int!) {
    searchEvents(runId: $runId, after: $after) {
      seq
      kind
    }
  }
`);

export const runsDocument = graphql(`
  query Runs($first: Int!) {
    searchRuns(first: $first) {
      totalCount
      edges {
        node {
          id
          name
          status
          preset
          seed
          createdAt
          progress {
            fraction
          }
          bestArchitecture {
            score
          }
        }
      }
    }
  }
`);

export const leaderboardDocument = graphql(`
  query Leaderboard($first: Int!, $filter: LeaderboardFilter) {
    leaderboard(first: $first, filter: $filter) {
      totalCount
      edges {
        node {
          id
          name
          key
          score
          stability
          params
          reference
          generationIndex
          run {
            name
          }
        }
      }
    }
  }
`);

export const recordDocument = graphql(`
  query Record($id: ID!) {
    searchRun(id: $id) {
      id
      name
      status
      seed
      preset
      strategy
      settings
      engine
      createdAt
      startedAt
      finishedAt
      bestArchitecture {
        key
      }
      references {
        reference
        name
        key
        json
        params
        flops
        score
        stability
        taskScores {
          task
          kind
          metric
          score
          majority
          ngram
        }
      }
      generations {
        index
        size
        bestScore
        meanScore
        startedAt
        finishedAt
      }
      timings {
        superNetSeconds
        trainSeconds
        fineTuneSeconds
        scoreSeconds
        overheadSeconds
      }
    }
  }
`);

/** A page of a run's candidates, whole. */
export const candidatesDocument = graphql(`
  query Candidates($id: ID!, $after: String) {
    searchRun(id: $id) {
      architectures(first: 50, after: $after, orderBy: { field: CREATED_AT, direction: ASC }) {
        pageInfo {
          hasNextPage
          endCursor
        }
        edges {
          node {
            id
            key
            name
            json
            params
            flops
            score
            stability
            mutation
            generationIndex
            indexInGeneration
            parent {
              key
            }
            taskScores {
              task
              kind
              metric
              score
              majority
              ngram
            }
            evaluations {
              heldOutLoss
              heldOutAccuracy
              tokenUniformity
              stepSeconds
              timings
              engine
              attempt
            }
          }
        }
      }
    }
  }
`);

export const operationsDocument = graphql(`
  query Operations($runId: ID!, $generation: Int!) {
    operationPriorities(runId: $runId, generation: $generation) {
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

export const pretrainDocument = graphql(`
  mutation Pretrain($architectureId: ID!, $input: PretrainInput!) {
    pretrain(architectureId: $architectureId, input: $input) {
      id
    }
  }
`);

export const cancelTrainingDocument = graphql(`
  mutation CancelTraining($id: ID!) {
    cancelTraining(id: $id) {
      id
      status
    }
  }
`);

export const resumeTrainingDocument = graphql(`
  mutation ResumeTraining($id: ID!) {
    resumeTraining(id: $id) {
      id
      status
    }
  }
`);

/** What is shown of a training while it goes on. */
export const trainingDocument = graphql(`
  query Training($id: ID!) {
    training(id: $id) {
      id
      status
      step
      steps
      etaSeconds
      artifact
      error {
        message
      }
      lastMetric {
        maskedLoss
        nextSentenceLoss
      }
    }
  }
`);

export const trainingMetricsDocument = graphql(`
  subscription TrainingMetrics($trainingId: ID!, $after: Int!) {
    trainingMetrics(trainingId: $trainingId, after: $after) {
      step
    }
  }
`);

export const trainingsDocument = graphql(`
  query Trainings($first: Int!) {
    trainings(first: $first) {
      totalCount
      edges {
        node {
          id
          status
          seed
          step
          steps
          architecture {
            name
          }
          lastMetric {
            loss
          }
        }
      }
    }
  }
`);
