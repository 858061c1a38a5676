/** An operation that the reference page shows; a test runs all of them. */
export interface Example {
  title: string;
  operation: string;
  /** Variables; `RUN`, `ARCHITECTURE` and `OTHER` stand for ids of the reader's own. */
  variables?: Record<string, unknown>;
}

/** The examples of the reference page, each of which a script can send as it stands. */
export const examples: readonly Example[] = [
  {
    title: "Estimate a search, then start it",
    operation: `query Estimate($input: StartSearchInput!) {
  estimate(input: $input) {
    candidates
    superNetSteps
    minutes
  }
}`,
    variables: { input: { preset: "smoke", settings: { superNet: { steps: 40 } } } },
  },
  {
    title: "Start a search; the same key starts it once, however often the request is sent",
    operation: `mutation Start($input: StartSearchInput!) {
  startSearch(input: $input) {
    id
    name
    seed
  }
}`,
    variables: { input: { preset: "smoke", seed: 7, idempotencyKey: "my first search" } },
  },
  {
    title: "Page through a leaderboard",
    operation: `query Best($after: String) {
  leaderboard(first: 20, after: $after, filter: { stableOnly: true }) {
    edges {
      node {
        id
        name
        score
        params
      }
    }
    pageInfo {
      hasNextPage
      endCursor
    }
  }
}`,
    variables: { after: null },
  },
  {
    title: "Find the runs with a tag, archived ones too",
    operation: `query Tagged {
  searchRuns(filter: { tags: ["paper"], visibility: [CURRENT, ARCHIVED] }) {
    edges {
      node {
        id
        name
        tags
        note
      }
    }
  }
}`,
  },
  {
    title: "Tag a run or an architecture",
    operation: `mutation Tag($id: ID!) {
  tag(id: $id, tags: ["paper"]) {
    changed
    tags
  }
}`,
    variables: { id: "RUN" },
  },
  {
    title: "Clone a search with other settings",
    operation: `mutation Clone($id: ID!) {
  cloneSearch(id: $id, changes: { seed: 8, settings: { population: 6 } }, idempotencyKey: "clone 8") {
    id
    name
  }
}`,
    variables: { id: "RUN" },
  },
  {
    title: "Compare architectures",
    operation: `query Compare($ids: [ID!]!) {
  compare(ids: $ids) {
    settings {
      path
      values
    }
    tasks {
      task
      scores
    }
    measures {
      measure
      values
    }
  }
}`,
    variables: { ids: ["ARCHITECTURE", "OTHER"] },
  },
  {
    title: "Ask which choices matter for a run's scores",
    operation: `query Importance($runId: ID!) {
  importance(runId: $runId) {
    method
    explained
    factors {
      kind
      layer
      operation
      importance
    }
  }
}`,
    variables: { runId: "RUN" },
  },
  {
    title: "Read anything by its id",
    operation: `query Node($id: ID!) {
  node(id: $id) {
    __typename
    id
    ... on Architecture {
      name
      score
    }
  }
}`,
    variables: { id: "ARCHITECTURE" },
  },
];
