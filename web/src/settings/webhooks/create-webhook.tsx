"use client";

import { useState } from "react";
import { Panel } from "@/ui/card";
import { CheckGroup } from "@/ui/check-group";
import { Field, Input, Select } from "@/ui/field";
import { MutationForm } from "@/ui/mutation-form";
import { ShownOnce } from "@/ui/shown-once";
import { webhookEventLabels, webhookEvents, webhookKindLabels, webhookKinds } from "../labels";
import { TeamSelect } from "../teams/team-select";
import { createWebhook } from "./queries";

/** Makes a webhook and shows the key of its signatures once. */
export function CreateWebhook(props: { mayHearAll: boolean; hasTeams: boolean }) {
  const { mayHearAll, hasTeams } = props;
  const [secret, setSecret] = useState<string | null>(null);
  return (
    <Panel title="Make a webhook" bodyClassName="space-y-4">
      {secret !== null && (
        <ShownOnce
          title="The webhook is made. Its receiver checks signatures by this key:"
          text={secret}
          data-testid="webhook-secret"
        />
      )}
      <MutationForm
        mutation={createWebhook}
        variables={(values) => ({
          input: {
            kind: values.choice("kind", webhookKinds),
            target: values.text("target"),
            events: values.ticked("events", webhookEvents),
            teamId: values.text("teamId") || null,
          },
        })}
        label="Make the webhook"
        onDone={(data) => setSecret(data.createWebhook.secret)}
        data-testid="webhook-form"
      >
        {(errorOf) => (
          <>
            <div className="grid grid-cols-1 gap-4 md:grid-cols-[minmax(0,1fr)_10rem_12rem]">
              <Field
                label="Address"
                hint="Of the public internet, or an e-mail address for the kind E-mail."
                {...errorOf("target")}
              >
                {(control) => (
                  <Input
                    {...control}
                    name="target"
                    inputMode="url"
                    autoComplete="off"
                    placeholder="https://example.org/hook"
                  />
                )}
              </Field>
              <Field label="Kind" {...errorOf("kind")}>
                {(control) => (
                  <Select {...control} name="kind">
                    {webhookKinds.map((kind) => (
                      <option key={kind} value={kind}>
                        {webhookKindLabels[kind]}
                      </option>
                    ))}
                  </Select>
                )}
              </Field>
              {hasTeams && (
                <Field label="Runs of" {...errorOf("teamId")}>
                  {(control) => (
                    <TeamSelect
                      {...control}
                      name="teamId"
                      {...(mayHearAll && { none: "All teams" })}
                    />
                  )}
                </Field>
              )}
            </div>
            <CheckGroup
              label="Tell it when"
              name="events"
              options={webhookEvents.map((value) => ({
                value,
                label: webhookEventLabels[value],
                ticked: value !== "NEW_BEST",
              }))}
              {...errorOf("events")}
            />
          </>
        )}
      </MutationForm>
    </Panel>
  );
}
