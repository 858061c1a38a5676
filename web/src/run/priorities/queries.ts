import { type DocumentType, graphql } from "@/generated";

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

export type Priority = DocumentType<typeof operationPriorities>["operationPriorities"][number];
