"use client";

import { useMemo, useState } from "react";
import type { ArchitectureOrder } from "@/generated/graphql";
import { plural } from "@/format/number";
import { LeaderboardTable } from "@/leaderboard/leaderboard-table";
import { nextOrder } from "@/leaderboard/order";
import { useLeaderboard } from "@/leaderboard/use-leaderboard";
import { notYet } from "@/run/not-yet";
import type { FullRun } from "@/run/queries";
import { Panel } from "@/ui/card";
import { Empty } from "@/ui/states";

const pageSize = 12;

/** Lists the run's scored candidates, live, and the references that they are compared with. */
export function Candidates({ run: { id: runId, status } }: { run: FullRun }) {
  const [withReferences, setWithReferences] = useState(true);
  const filter = useMemo(
    () => ({ runId, ...(!withReferences && { references: false }) }),
    [runId, withReferences],
  );
  const [order, setOrder] = useState<ArchitectureOrder>({ field: "SCORE", direction: "DESC" });
  const leaderboard = useLeaderboard(filter, order, pageSize);
  return (
    <Panel
      title="Candidates"
      note={
        leaderboard.board.total > 0 ? plural(leaderboard.board.total, "scored architecture") : null
      }
      controls={
        <label className="flex items-center gap-2 text-[13px]">
          <input
            type="checkbox"
            className="size-4 accent-accent"
            checked={withReferences}
            onChange={(event) => setWithReferences(event.target.checked)}
          />
          With references
        </label>
      }
      className="overflow-hidden"
      bodyClassName="!px-0 !pb-0"
      data-testid="candidates"
    >
      <LeaderboardTable
        leaderboard={leaderboard}
        order={order}
        showRun={false}
        onSort={(field) => setOrder((current) => nextOrder(current, field))}
        empty={
          <Empty title="No candidate has been scored yet">
            {notYet(status, "They appear here one by one once the super-net is trained.")}
          </Empty>
        }
      />
    </Panel>
  );
}
