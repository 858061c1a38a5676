"use client";

import { useLiveQuery } from "@/api/use-live-query";
import { dateTime } from "@/format/time";
import { ActionButton } from "@/ui/action-button";
import { Badge } from "@/ui/badge";
import { Panel } from "@/ui/card";
import { type DataColumn, DataTable } from "@/ui/data-table";
import { Loaded } from "@/ui/loaded";
import { roleLabels } from "../labels";
import { useTeams } from "../teams/use-teams";
import { invitationList, type InvitationOfTable, withdrawInvitation } from "./queries";

function columnsFor(teamName: (id: string) => string): DataColumn<InvitationOfTable>[] {
  return [
    { label: "E-mail", cell: ({ email }) => email },
    { label: "Role", cell: ({ role }) => roleLabels[role] },
    { label: "Team", cell: ({ teamId }) => teamName(teamId) },
    {
      label: "State",
      cell: ({ acceptedAt, expiresAt }) =>
        acceptedAt !== null ? (
          <Badge tone="good">Accepted</Badge>
        ) : Date.parse(expiresAt) <= Date.now() ? (
          <Badge tone="warn">Expired</Badge>
        ) : (
          <Badge tone="accent">Open</Badge>
        ),
    },
    { label: "Ends", cell: ({ expiresAt }) => dateTime(expiresAt) },
    {
      label: "Actions",
      isActions: true,
      className: "sm:text-right",
      cell: ({ id, email, acceptedAt }) =>
        acceptedAt === null && (
          <ActionButton
            mutation={withdrawInvitation}
            variables={{ id }}
            label="Withdraw"
            name={`Withdraw the invitation of ${email}`}
            data-testid="withdraw-invitation"
            confirm={{
              title: `Withdraw the invitation of ${email}?`,
              text: "Its link makes no account any more. You can invite the person again.",
              keep: "Keep it",
            }}
          />
        ),
    },
  ];
}

/** Lists the invitations, also those that are over. */
export function Invitations() {
  const [{ data, error }, retry] = useLiveQuery({ query: invitationList });
  const { nameOf } = useTeams();
  return (
    <Panel title="Invitations">
      <Loaded
        rows={data?.invitations}
        error={error}
        retry={retry}
        empty="Nobody is invited. An invitation's link makes an account; nobody can register without one."
      >
        {(rows) => (
          <DataTable
            label="Invitations"
            columns={columnsFor(nameOf)}
            rows={rows}
            keyOf={({ id }) => id}
            data-testid="invitation"
          />
        )}
      </Loaded>
    </Panel>
  );
}
