"use client";

import { useState } from "react";
import { useQuery } from "urql";
import { plural } from "@/format/number";
import { ActionButton } from "@/ui/action-button";
import { Badge } from "@/ui/badge";
import { Panel } from "@/ui/card";
import { type DataColumn, DataTable } from "@/ui/data-table";
import { Select } from "@/ui/field";
import { MutationForm } from "@/ui/mutation-form";
import { roleLabels } from "../labels";
import { type AccountOfTable, userList } from "../users/queries";
import { addTeamMember, removeTeamMember, type TeamWithMembers } from "./queries";
import { DeleteTeam, RenameTeam, TeamButtons, type TeamForm } from "./team-actions";

function columnsFor(team: TeamWithMembers, isAdmin: boolean): DataColumn<AccountOfTable>[] {
  return [
    {
      label: "Member",
      cell: ({ name, email }) => (
        <>
          <span className="font-medium">{name}</span>{" "}
          <span className="text-[13px] text-muted">{email}</span>
        </>
      ),
    },
    {
      label: "Role",
      cell: ({ role, disabledAt }) => (
        <span className="flex gap-1.5">
          <Badge>{roleLabels[role]}</Badge>
          {disabledAt !== null && <Badge tone="warn">Disabled</Badge>}
        </span>
      ),
    },
    {
      label: "Actions",
      isActions: true,
      className: "sm:text-right",
      cell: ({ id, email }) =>
        isAdmin && (
          <ActionButton
            mutation={removeTeamMember}
            variables={{ teamId: team.id, userId: id }}
            label="Take out"
            name={`Take out ${email}, of ${team.name}`}
            data-testid="remove-member"
            confirm={{
              title: `Take ${email} out of ${team.name}?`,
              text: "The account no longer sees the team's runs; what it started stays with the team.",
              keep: "Keep the member",
            }}
          />
        ),
    },
  ];
}

/** Shows a team with its members, and to administrators who else can join. */
export function TeamPanel(props: { team: TeamWithMembers; isAdmin: boolean; ownId: string }) {
  const { team, isAdmin, ownId } = props;
  const [opened, setOpened] = useState<TeamForm>();
  const isMember = team.members.some(({ id }) => id === ownId);
  return (
    <Panel
      title={team.name}
      note={plural(team.members.length, "member")}
      controls={
        <TeamButtons
          team={team}
          isAdmin={isAdmin}
          isMember={isMember}
          opened={opened}
          onOpen={setOpened}
        />
      }
      bodyClassName="space-y-4"
      data-testid="team"
    >
      {opened === "rename" && <RenameTeam team={team} onDone={() => setOpened(undefined)} />}
      {opened === "delete" && <DeleteTeam team={team} />}
      {team.members.length > 0 && (
        <DataTable
          label={`Members of ${team.name}`}
          columns={columnsFor(team, isAdmin)}
          rows={team.members}
          keyOf={({ id }) => id}
          data-testid="member"
        />
      )}
      {isAdmin && <AddMember team={team} />}
    </Panel>
  );
}

function AddMember({ team }: { team: TeamWithMembers }) {
  const [{ data }] = useQuery({ query: userList });
  const members = new Set(team.members.map(({ id }) => id));
  const others = data?.users.filter(({ id }) => !members.has(id)) ?? [];
  if (others.length === 0) return null;
  return (
    <MutationForm
      mutation={addTeamMember}
      variables={(values) => ({ teamId: team.id, userId: values.text("userId") })}
      label="Add"
      className="flex flex-wrap items-center gap-2"
      data-testid="add-member"
    >
      {() => (
        <div className="min-w-0 flex-1 sm:max-w-xs">
          <Select name="userId" aria-label={`Account to add to ${team.name}`}>
            {others.map(({ id, email }) => (
              <option key={id} value={id}>
                {email}
              </option>
            ))}
          </Select>
        </div>
      )}
    </MutationForm>
  );
}
