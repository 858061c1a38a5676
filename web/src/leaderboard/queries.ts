import { graphql } from "@/generated";

export const leaderboardPage = graphql(`
  query LeaderboardPage(
    $first: Int!
    $after: String
    $filter: LeaderboardFilter
    $orderBy: ArchitectureOrder
  ) {
    leaderboard(first: $first, after: $after, filter: $filter, orderBy: $orderBy) {
      totalCount
      pageInfo {
        hasNextPage
        endCursor
      }
      edges {
        node {
          ...CandidateRow
        }
      }
    }
  }
`);

export const paretoFront = graphql(`
  query ParetoFront($filter: LeaderboardFilter, $x: ParetoCost!) {
    paretoFront(filter: $filter, x: $x, y: SCORE) {
      ...CandidateRow
    }
  }
`);

export const leaderboardChanges = graphql(`
  subscription LeaderboardChanges($filter: LeaderboardFilter) {
    leaderboardChanged(filter: $filter) {
      total
      removed
      upserts {
        ...CandidateRow
      }
    }
  }
`);
