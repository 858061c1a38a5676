import { type DocumentType, graphql } from "@/generated";

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

export type LayerChoices = DocumentType<typeof kernelsByDepth>["kernelsByDepth"][number];
