"use client";

import Link from "next/link";
import { useLiveQuery } from "@/api/use-live-query";
import { Badge } from "@/ui/badge";
import { type DataColumn, DataTable } from "@/ui/data-table";
import { Loaded } from "@/ui/loaded";
import { TimeAgo } from "@/ui/time-ago";
import { webhookEventLabels } from "../labels";
import { Pager } from "../pager";
import { usePages } from "../use-pages";
import { deliveryState } from "./delivery-state";
import { type Delivery, deliveryList } from "./queries";

const pageSize = 10;

const columns: DataColumn<Delivery>[] = [
  { label: "Written", cell: ({ createdAt }) => <TimeAgo time={createdAt} /> },
  {
    label: "About",
    cell: ({ event, runId }) =>
      runId === null ? (
        webhookEventLabels[event]
      ) : (
        <Link href={`/runs/${runId}`} className="hover:text-accent hover:underline">
          {webhookEventLabels[event]}
        </Link>
      ),
  },
  {
    label: "Outcome",
    cell: (delivery) => {
      const { label, tone } = deliveryState(delivery);
      return <Badge tone={tone}>{label}</Badge>;
    },
  },
  { label: "More", cell: (delivery) => deliveryState(delivery).text || "–" },
];

/** Lists the messages to a webhook, the newest first. */
export function Deliveries({ webhookId }: { webhookId: string }) {
  const pages = usePages();
  const [{ data, error }, retry] = useLiveQuery({
    query: deliveryList,
    variables: { webhookId, first: pageSize, after: pages.after },
  });
  const list = data?.webhookDeliveries;
  return (
    <div className="mt-3 rounded-lg border border-line p-3" data-testid="deliveries">
      <Loaded
        rows={list?.edges.map(({ node }) => node)}
        error={error}
        retry={retry}
        empty="Nothing was sent yet. A test is in this log, too."
      >
        {(rows) => (
          <DataTable
            label="Messages"
            columns={columns}
            rows={rows}
            keyOf={({ id }) => id}
            data-testid="delivery"
          />
        )}
      </Loaded>
      {list && <Pager pages={pages} info={list.pageInfo} />}
    </div>
  );
}
