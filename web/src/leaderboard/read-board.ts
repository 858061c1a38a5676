import type { Client, CombinedError } from "urql";
import type { ArchitectureOrder, LeaderboardFilter } from "@/generated/graphql";
import { addPage, type Board, emptyBoard } from "./board";
import { leaderboardPage } from "./queries";

/** The most rows that the API gives at once. */
const longestPage = 100;

/** The rows to read: so many at least, from the start or after a cursor. */
export interface Wanted {
  filter: LeaderboardFilter;
  order: ArchitectureOrder;
  after: string | null;
  rows: number;
}

/** Reads rows of the leaderboard in as few pages as the API allows. */
export async function readBoard(
  client: Client,
  { filter, order, after, rows }: Wanted,
): Promise<{ board?: Board; error?: CombinedError | undefined }> {
  let board: Board = { ...emptyBoard, next: after };
  do {
    const first = Math.min(longestPage, rows - board.rows.length);
    const { data, error } = await client.query(
      leaderboardPage,
      { first, after: board.next, filter, orderBy: order },
      { requestPolicy: "network-only" },
    );
    if (!data) return { error };
    const { edges, pageInfo, totalCount } = data.leaderboard;
    const page: Board = {
      rows: edges.map(({ node }) => node),
      total: totalCount,
      next: pageInfo.hasNextPage ? pageInfo.endCursor : null,
    };
    board = addPage(board, page, order);
  } while (board.next !== null && board.rows.length < rows);
  return { board };
}
