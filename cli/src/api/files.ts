import { graphql } from "../generated/index.js";

/** The text files of an architecture in a form for other programs. */
export const architectureFilesDocument = graphql(`
  query ArchitectureFiles($id: ID!, $format: ArchitectureFormat!, $size: PublishedSize) {
    architecture(id: $id) {
      files(format: $format, size: $size) {
        name
        content
      }
    }
  }
`);
