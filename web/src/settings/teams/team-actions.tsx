"use client";

import { ActionButton } from "@/ui/action-button";
import { Button } from "@/ui/button";
import { Field, Input } from "@/ui/field";
import { MutationForm } from "@/ui/mutation-form";
import { deleteTeam, leaveTeam, renameTeam, type TeamWithMembers } from "./queries";
import { TeamSelect } from "./team-select";

/** A form about a team that can be opened below its name. */
export type TeamForm = "rename" | "delete";

/** Shows the buttons of a team: to leave it for its members, to rename and delete it for administrators. */
export function TeamButtons(props: {
  team: TeamWithMembers;
  isAdmin: boolean;
  isMember: boolean;
  opened: TeamForm | undefined;
  onOpen: (form: TeamForm | undefined) => void;
}) {
  const { team, isAdmin, isMember, opened, onOpen } = props;
  const opener = (form: TeamForm, label: string) => (
    <Button
      size="small"
      aria-label={`${label} ${team.name}`}
      aria-expanded={opened === form}
      onClick={() => onOpen(opened === form ? undefined : form)}
    >
      {label}
    </Button>
  );
  return (
    <div className="flex flex-wrap gap-2">
      {isMember && (
        <ActionButton
          mutation={leaveTeam}
          variables={{ teamId: team.id }}
          label="Leave"
          name={`Leave ${team.name}`}
          confirm={{
            title: `Leave ${team.name}?`,
            text: "You no longer see the team's runs; what you started stays with the team. An administrator can add you again.",
            keep: "Stay",
          }}
        />
      )}
      {isAdmin && opener("rename", "Rename")}
      {isAdmin && opener("delete", "Delete")}
    </div>
  );
}

/** Gives a team another name. */
export function RenameTeam({ team, onDone }: { team: TeamWithMembers; onDone: () => void }) {
  return (
    <MutationForm
      mutation={renameTeam}
      variables={(values) => ({ teamId: team.id, name: values.text("name") })}
      label="Save the name"
      onDone={onDone}
      className="flex flex-wrap items-end gap-2"
      data-testid="rename-team"
    >
      {(errorOf) => (
        <div className="min-w-0 flex-1 sm:max-w-xs">
          <Field label="New name" {...errorOf("name")}>
            {(control) => (
              <Input {...control} name="name" autoComplete="off" defaultValue={team.name} />
            )}
          </Field>
        </div>
      )}
    </MutationForm>
  );
}

/** Deletes a team; what it owns goes to the team that is chosen. */
export function DeleteTeam({ team }: { team: TeamWithMembers }) {
  return (
    <MutationForm
      mutation={deleteTeam}
      variables={(values) => ({ teamId: team.id, transferTo: values.text("transferTo") || null })}
      label={`Delete ${team.name}`}
      className="space-y-3"
      data-testid="delete-team"
    >
      {(errorOf) => (
        <>
          <p className="text-sm text-muted">
            Its memberships, invitations, webhooks and saved views are deleted with it, for good.
          </p>
          <div className="max-w-xs">
            <Field label="What it owns goes to" {...errorOf("transferTo")}>
              {(control) => (
                <TeamSelect
                  {...control}
                  name="transferTo"
                  none="nobody: it owns none"
                  without={team.id}
                />
              )}
            </Field>
          </div>
        </>
      )}
    </MutationForm>
  );
}
