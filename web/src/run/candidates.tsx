"use client";

import { useMemo, useState } from "react";
import type { ArchitectureOrder } from "@/generated/graphql";
import { plural } from "@/format/number";
import { LeaderboardTable } from "@/leaderboard/leaderboard-table";
import { useLeaderboard } from "@/leaderboard/use-leaderboard";
import { Panel } from "@/ui/card";
import { Empty } from "@/ui/states";

const pageSize = 12;

/** The run's scored candidates, as they come in. */
export function Candidates({ runId }: { runId: string }) {
  const filter = useMemo(() => ({ runId }), [runId]);
  const [order, setOrder] = useState<ArchitectureOrder>({ field: "SCORE", direction: "DESC" });
  const leaderboard = useLeaderboard(filter, order, pageSize);
  return (
    <Panel
      title="Candidates"
      note={
        leaderboard.board.total > 0 ? plural(leaderboard.board.total, "scored candidate") : null
      }
      className="overflow-hidden"
      bodyClassName="!px-0 !pb-0"
      data-testid="candidates"
    >
      <LeaderboardTable
        leaderboard={leaderboard}
        order={order}
        showRun={false}
        onSort={(field) =>
          setOrder((current) => ({
            field,
            direction: current.field === field && current.direction === "DESC" ? "ASC" : "DESC",
          }))
        }
        empty={
          <Empty title="No candidate has been scored yet">
            They appear here one by one once the super-net is trained.
          </Empty>
        }
      />
    </Panel>
  );
}
