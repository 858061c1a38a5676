import { type DocumentType, graphql } from "@/generated";

export const pretrainingRow = graphql(`
  fragment PretrainingRow on Training {
    id
    status
    settings
    seed
    step
    steps
    etaSeconds
    artifact
    createdAt
    error {
      code
      message
    }
  }
`);

export const architecturePretrainings = graphql(`
  query ArchitecturePretrainings($id: ID!) {
    architecture(id: $id) {
      id
      trainings(first: 5) {
        totalCount
        edges {
          node {
            ...PretrainingRow
          }
        }
      }
    }
  }
`);

export const pretrain = graphql(`
  mutation Pretrain($architectureId: ID!, $input: PretrainInput!) {
    pretrain(architectureId: $architectureId, input: $input) {
      ...PretrainingRow
    }
  }
`);

export const cancelPretraining = graphql(`
  mutation CancelPretraining($id: ID!) {
    cancelTraining(id: $id) {
      ...PretrainingRow
    }
  }
`);

export const resumePretraining = graphql(`
  mutation ResumePretraining($id: ID!) {
    resumeTraining(id: $id) {
      ...PretrainingRow
    }
  }
`);

export const pretrainingChanges = graphql(`
  subscription PretrainingChanges($architectureId: ID!) {
    trainingChanged(architectureId: $architectureId) {
      ...PretrainingRow
    }
  }
`);

export const pretrainingLoss = graphql(`
  subscription PretrainingLoss($trainingId: ID!, $after: Int!) {
    trainingMetrics(trainingId: $trainingId, after: $after) {
      step
      maskedLoss
      nextSentenceLoss
    }
  }
`);

export type Pretraining = DocumentType<typeof pretrainingRow>;
export type LossPoint = DocumentType<typeof pretrainingLoss>["trainingMetrics"][number];
