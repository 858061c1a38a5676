"use client";

import { useState } from "react";
import { Panel } from "@/ui/card";
import { Field, Input, Select } from "@/ui/field";
import { MutationForm } from "@/ui/mutation-form";
import { ShownOnce } from "@/ui/shown-once";
import { roleLabels, roles } from "../labels";
import { TeamSelect } from "../teams/team-select";
import { inviteMember } from "./queries";

/** Invites a person and shows the link to send. */
export function InviteForm() {
  const [made, setMade] = useState<{ email: string; link: string }>();
  return (
    <Panel
      title="Invite a person"
      note="By a link that is valid once, for seven days. The platform sends nothing: you do."
      bodyClassName="space-y-4"
    >
      {made && (
        <ShownOnce
          title={`The link for ${made.email}`}
          text={made.link}
          data-testid="invitation-link"
        />
      )}
      <MutationForm
        mutation={inviteMember}
        variables={(values) => ({
          input: {
            email: values.text("email"),
            role: values.choice("role", roles),
            teamId: values.text("teamId") || null,
          },
        })}
        label="Make the link"
        onDone={({ inviteMember: { link, invitation } }) =>
          setMade({ email: invitation.email, link })
        }
        data-testid="invite-form"
      >
        {(errorOf) => (
          <div className="grid grid-cols-1 gap-4 md:grid-cols-3">
            <Field label="E-mail" {...errorOf("email")}>
              {(control) => <Input {...control} name="email" type="email" autoComplete="off" />}
            </Field>
            <Field label="Role" {...errorOf("role")}>
              {(control) => (
                <Select {...control} name="role" defaultValue="RESEARCHER">
                  {roles.map((role) => (
                    <option key={role} value={role}>
                      {roleLabels[role]}
                    </option>
                  ))}
                </Select>
              )}
            </Field>
            <Field label="Team" {...errorOf("teamId")}>
              {(control) => <TeamSelect {...control} name="teamId" />}
            </Field>
          </div>
        )}
      </MutationForm>
    </Panel>
  );
}
