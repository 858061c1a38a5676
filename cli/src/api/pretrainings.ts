import { type DocumentType, graphql } from "../generated/index.js";

/** The state of a pre-training, as it is shown while the pre-training goes on. */
export const pretrainingState = graphql(`
  fragment PretrainingState on Training {
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
`);

export type PretrainingState = DocumentType<typeof pretrainingState>;

export const pretrainingDocument = graphql(`
  query Training($id: ID!) {
    training(id: $id) {
      ...PretrainingState
    }
  }
`);

/** The points of a pre-training's loss curve after a step: stored ones first, then live ones. */
export const lossCurveDocument = graphql(`
  subscription TrainingMetrics($trainingId: ID!, $after: Int!) {
    trainingMetrics(trainingId: $trainingId, after: $after) {
      step
    }
  }
`);

export const pretrainingsDocument = graphql(`
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

export const pretrainDocument = graphql(`
  mutation Pretrain($architectureId: ID!, $input: PretrainInput!) {
    pretrain(architectureId: $architectureId, input: $input) {
      id
    }
  }
`);

/** The part of a pre-training that a change of its state is answered with. */
export const changedPretraining = graphql(`
  fragment ChangedPretraining on Training {
    id
    status
  }
`);

export const cancelPretrainingDocument = graphql(`
  mutation CancelTraining($id: ID!) {
    cancelTraining(id: $id) {
      ...ChangedPretraining
    }
  }
`);

export const resumePretrainingDocument = graphql(`
  mutation ResumeTraining($id: ID!) {
    resumeTraining(id: $id) {
      ...ChangedPretraining
    }
  }
`);
