import { graphql } from "../generated/index.js";

/** Adds an architecture of one's own to a run. */
export const importArchitectureDocument = graphql(`
  mutation ImportArchitecture($runId: ID!, $json: JSON!, $name: String) {
    importArchitecture(runId: $runId, json: $json, name: $name) {
      id
      name
      score
    }
  }
`);
