import { type DocumentType, graphql } from "@/generated";

export const modelRow = graphql(`
  fragment ModelRow on ReferenceModel {
    id
    name
    layers
    hidden
    heads
    length
    params
    flops
    results {
      benchmark
      task
      set
      metric
      value
    }
  }
`);
export type ReferenceModel = DocumentType<typeof modelRow>;

export const modelList = graphql(`
  query ModelList {
    models {
      ...ModelRow
    }
  }
`);
