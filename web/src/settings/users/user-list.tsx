"use client";

import { useLiveQuery } from "@/api/use-live-query";
import { ActionButton } from "@/ui/action-button";
import { Badge } from "@/ui/badge";
import { Panel } from "@/ui/card";
import { type DataColumn, DataTable } from "@/ui/data-table";
import { Loaded } from "@/ui/loaded";
import { TimeAgo } from "@/ui/time-ago";
import { roleLabels } from "../labels";
import { type AccountOfTable, disableUser, userList } from "./queries";
import { RoleSelect } from "./role-select";

/** Returns the columns; one's own role and account are not offered for change, lest nobody is left. */
function columnsFor(ownId: string): DataColumn<AccountOfTable>[] {
  return [
    {
      label: "Account",
      cell: ({ id, name, email }) => (
        <>
          <span className="font-medium">{name}</span>
          {id === ownId && <span className="text-muted"> (you)</span>}
          <span className="block text-[13px] text-muted">{email}</span>
        </>
      ),
    },
    {
      label: "Role",
      cell: (account) =>
        account.id === ownId ? roleLabels[account.role] : <RoleSelect account={account} />,
    },
    {
      label: "State",
      cell: ({ disabledAt }) =>
        disabledAt === null ? (
          <Badge tone="good">Active</Badge>
        ) : (
          <Badge tone="warn">Disabled</Badge>
        ),
    },
    { label: "Since", cell: ({ createdAt }) => <TimeAgo time={createdAt} /> },
    {
      label: "Actions",
      isActions: true,
      className: "sm:text-right",
      cell: ({ id, email, disabledAt }) =>
        id !== ownId &&
        (disabledAt === null ? (
          <ActionButton
            mutation={disableUser}
            variables={{ userId: id, disabled: true }}
            label="Disable"
            name={`Disable ${email}`}
            data-testid="disable-user"
            confirm={{
              title: `Disable ${email}?`,
              text: "Its sessions and open connections end now, and its API keys work no more, until you make it usable again. Its runs stay.",
              keep: "Keep it",
            }}
          />
        ) : (
          <ActionButton
            mutation={disableUser}
            variables={{ userId: id, disabled: false }}
            label="Enable"
            name={`Enable ${email}`}
            data-testid="enable-user"
          />
        )),
    },
  ];
}

/** Lists all accounts with their roles. */
export function UserList({ ownId }: { ownId: string }) {
  const [{ data, error }, retry] = useLiveQuery({ query: userList });
  return (
    <Panel
      title="Users"
      note="Roles count at once, also in open pages. Viewers look, researchers also start and change runs of their teams, administrators see and change everything."
      data-testid="users"
    >
      <Loaded rows={data?.users} error={error} retry={retry} empty="There is no account.">
        {(rows) => (
          <DataTable
            label="Users"
            columns={columnsFor(ownId)}
            rows={rows}
            keyOf={({ id }) => id}
            data-testid="user"
          />
        )}
      </Loaded>
    </Panel>
  );
}
