import { graphql } from "@/generated";

export const runArchive = graphql(`
  query RunArchive($id: ID!) {
    searchRun(id: $id) {
      id
      archive {
        architectures
        events
        artifacts {
          kind
          files
          bytes
        }
      }
    }
  }
`);

export const archiveLink = graphql(`
  query ArchiveLink($id: ID!, $artifacts: [ArchiveArtifact!]!) {
    searchRun(id: $id) {
      id
      archive {
        link(artifacts: $artifacts) {
          url
        }
      }
    }
  }
`);
