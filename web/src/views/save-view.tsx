"use client";

import type { ViewList } from "@/generated/graphql";
import { TeamSelect } from "@/settings/teams/team-select";
import { Field, Input } from "@/ui/field";
import { MutationForm } from "@/ui/mutation-form";
import { createView, type ViewContent } from "./queries";

/** Saves a list as it is under a name, for oneself or for a team. */
export function SaveView(props: {
  list: ViewList;
  content: ViewContent;
  mayShare: boolean;
  onSaved: (id: string) => void;
}) {
  const { list, content, mayShare, onSaved } = props;
  return (
    <MutationForm
      mutation={createView}
      variables={(values) => ({
        input: {
          ...content,
          name: values.text("name"),
          list,
          teamId: values.text("teamId") || null,
        },
      })}
      label="Save"
      onDone={({ createView: { id } }) => onSaved(id)}
      className="mt-3 space-y-3 border-t border-line pt-3"
      data-testid="save-view"
    >
      {(errorOf) => (
        <div className="grid grid-cols-1 gap-3 sm:grid-cols-2">
          <Field label="Save this view as" {...errorOf("name")}>
            {(control) => <Input {...control} name="name" autoComplete="off" />}
          </Field>
          {mayShare && (
            <Field label="For" {...errorOf("teamId")}>
              {(control) => <TeamSelect {...control} name="teamId" none="Myself" />}
            </Field>
          )}
        </div>
      )}
    </MutationForm>
  );
}
