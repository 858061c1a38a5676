"use client";

import { useLiveQuery } from "@/api/use-live-query";
import { dateTime } from "@/format/time";
import { ActionButton } from "@/ui/action-button";
import { Badge } from "@/ui/badge";
import { Panel } from "@/ui/card";
import { type DataColumn, DataTable } from "@/ui/data-table";
import { Loaded } from "@/ui/loaded";
import { TimeAgo } from "@/ui/time-ago";
import { scopeLabels } from "../labels";
import { keyLooks, keyState } from "./key-state";
import { type Key, keyList, revokeKey } from "./queries";

const columns: DataColumn<Key>[] = [
  {
    label: "Name",
    cell: ({ name, start }) => (
      <>
        <span className="font-medium">{name}</span>{" "}
        <span className="block font-mono text-xs text-muted">{start}…</span>
      </>
    ),
  },
  {
    label: "May",
    cell: ({ scopes }) => scopes.map((scope) => scopeLabels[scope].label).join(", "),
  },
  {
    label: "State",
    cell: (key) => {
      const { label, tone } = keyLooks[keyState(key, Date.now())];
      return <Badge tone={tone}>{label}</Badge>;
    },
  },
  {
    label: "Ends",
    cell: ({ expiresAt }) => (expiresAt === null ? "Never" : dateTime(expiresAt)),
  },
  {
    label: "Last used",
    cell: ({ lastUsedAt }) => (lastUsedAt === null ? "Not yet" : <TimeAgo time={lastUsedAt} />),
  },
  {
    label: "Actions",
    isActions: true,
    className: "sm:text-right",
    cell: (key) =>
      keyState(key, Date.now()) === "valid" && (
        <ActionButton
          mutation={revokeKey}
          variables={{ id: key.id }}
          label="Revoke"
          name={`Revoke ${key.name}`}
          data-testid="revoke-key"
          confirm={{
            title: `Revoke ${key.name}?`,
            text: "Programs that use it are refused from now on, and their open connections end. It cannot be made valid again.",
            keep: "Keep it",
          }}
        />
      ),
  },
];

/** Lists the person's keys, also those that are over. */
export function KeyList() {
  const [{ data, error }, retry] = useLiveQuery({ query: keyList });
  return (
    <Panel
      title="API keys"
      note="Programs act for your account with them, and never do more than you may."
      data-testid="keys"
    >
      <Loaded
        rows={data?.apiKeys}
        error={error}
        retry={retry}
        empty="No key yet. Create one below for a script, a notebook or opnas on another machine."
      >
        {(rows) => (
          <DataTable
            label="API keys"
            columns={columns}
            rows={rows}
            keyOf={({ id }) => id}
            data-testid="key"
          />
        )}
      </Loaded>
    </Panel>
  );
}
