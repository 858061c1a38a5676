"use client";

import type { DocumentType } from "@/generated";
import { useLiveQuery } from "@/api/use-live-query";
import { dateTime } from "@/format/time";
import { ActionButton } from "@/ui/action-button";
import { Badge } from "@/ui/badge";
import { Panel } from "@/ui/card";
import { type DataColumn, DataTable } from "@/ui/data-table";
import { Loaded } from "@/ui/loaded";
import { TimeAgo } from "@/ui/time-ago";
import { browserName } from "./browser-name";
import { endSession, sessionList } from "./queries";

type Session = DocumentType<typeof sessionList>["sessions"][number];

const columns: DataColumn<Session>[] = [
  {
    label: "Browser",
    cell: ({ userAgent, current }) => (
      <span className="flex flex-wrap items-center gap-2" title={userAgent ?? undefined}>
        {browserName(userAgent)}
        {current && <Badge tone="good">This one</Badge>}
      </span>
    ),
  },
  { label: "From", cell: ({ ipAddress }) => ipAddress || "–" },
  { label: "Signed in", cell: ({ createdAt }) => <TimeAgo time={createdAt} /> },
  { label: "Ends", cell: ({ expiresAt }) => dateTime(expiresAt) },
  {
    label: "Actions",
    isActions: true,
    className: "sm:text-right",
    cell: ({ id, current }) =>
      !current && <ActionButton mutation={endSession} variables={{ id }} label="Sign out there" />,
  },
];

/** Lists the browsers in which the person is signed in. */
export function Sessions() {
  const [{ data, error }, retry] = useLiveQuery({ query: sessionList });
  return (
    <Panel title="Sessions" note="Where you are signed in. Open pages there end at once.">
      <Loaded rows={data?.sessions} error={error} retry={retry} empty="You are signed in nowhere.">
        {(rows) => (
          <DataTable
            label="Sessions"
            columns={columns}
            rows={rows}
            keyOf={({ id }) => id}
            data-testid="session"
          />
        )}
      </Loaded>
    </Panel>
  );
}
