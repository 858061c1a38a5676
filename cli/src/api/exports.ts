import { type DocumentType, graphql } from "../generated/index.js";

/** The state of an export, as it is shown while it goes on, and what its download takes. */
export const exportState = graphql(`
  fragment ExportState on Export {
    id
    status
    progress
    waitingReason
    fileName
    bytes
    checksum
    link {
      url
    }
    error {
      code
      message
    }
  }
`);

export type ExportState = DocumentType<typeof exportState>;

export const exportArchitectureDocument = graphql(`
  mutation ExportArchitecture($id: ID!, $format: ModelFormat!) {
    exportArchitecture(id: $id, input: { format: $format }) {
      id
    }
  }
`);

export const exportDocument = graphql(`
  query Export($id: ID!) {
    export(id: $id) {
      ...ExportState
    }
  }
`);

export const exportChangedDocument = graphql(`
  subscription ExportChanged($id: ID!) {
    exportChanged(id: $id) {
      ...ExportState
    }
  }
`);
