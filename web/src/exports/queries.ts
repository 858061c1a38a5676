import { type DocumentType, graphql } from "@/generated";

export const exportRow = graphql(`
  fragment ExportRow on Export {
    id
    status
    format
    progress
    bytes
    waitingReason
    training {
      id
    }
    link {
      url
    }
    error {
      code
      message
    }
  }
`);

export const exportArchitecture = graphql(`
  mutation ExportArchitecture($id: ID!, $format: ModelFormat!) {
    exportArchitecture(id: $id, input: { format: $format }) {
      ...ExportRow
    }
  }
`);

export const exportChanges = graphql(`
  subscription ExportChanges($id: ID!) {
    exportChanged(id: $id) {
      ...ExportRow
    }
  }
`);

export const architectureFiles = graphql(`
  query ArchitectureFiles($id: ID!, $format: ArchitectureFormat!) {
    architecture(id: $id) {
      id
      files(format: $format) {
        name
        content
      }
    }
  }
`);

export const architectureExports = graphql(`
  query ArchitectureExports($id: ID!) {
    architecture(id: $id) {
      id
      exports {
        ...ExportRow
      }
    }
  }
`);

export type ModelExport = DocumentType<typeof exportRow>;
