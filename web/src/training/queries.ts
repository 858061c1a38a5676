import { type DocumentType, graphql } from "@/generated";

export const trainingRow = graphql(`
  fragment TrainingRow on Training {
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

export const architectureTrainings = graphql(`
  query ArchitectureTrainings($id: ID!) {
    architecture(id: $id) {
      id
      trainings(first: 5) {
        totalCount
        edges {
          node {
            ...TrainingRow
          }
        }
      }
    }
  }
`);

export const pretrain = graphql(`
  mutation Pretrain($architectureId: ID!, $input: PretrainInput!) {
    pretrain(architectureId: $architectureId, input: $input) {
      ...TrainingRow
    }
  }
`);

export const cancelTraining = graphql(`
  mutation CancelTraining($id: ID!) {
    cancelTraining(id: $id) {
      ...TrainingRow
    }
  }
`);

export const resumeTraining = graphql(`
  mutation ResumeTraining($id: ID!) {
    resumeTraining(id: $id) {
      ...TrainingRow
    }
  }
`);

export const trainingCurve = graphql(`
  subscription TrainingCurve($trainingId: ID!, $after: Int!) {
    trainingMetrics(trainingId: $trainingId, after: $after) {
      step
      maskedLoss
      nextSentenceLoss
    }
  }
`);

export type Training = DocumentType<typeof trainingRow>;
export type CurvePoint = DocumentType<typeof trainingCurve>["trainingMetrics"][number];
