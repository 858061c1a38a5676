"use client";

import { useState } from "react";
import { Panel } from "@/ui/card";
import { CheckGroup } from "@/ui/check-group";
import { Field, Input, Select } from "@/ui/field";
import { MutationForm } from "@/ui/mutation-form";
import { ShownOnce } from "@/ui/shown-once";
import { scopeLabels, scopes } from "../labels";
import { createKey } from "./queries";

/** The lives that the form offers, in days; an empty one is without end. */
const lives = [
  { days: "30", label: "30 days" },
  { days: "90", label: "90 days" },
  { days: "365", label: "A year" },
  { days: "", label: "No end" },
];

/** Creates a key and shows its secret once. */
export function CreateKey() {
  const [secret, setSecret] = useState<string>();
  return (
    <Panel title="Create a key" bodyClassName="space-y-4">
      {secret !== undefined && (
        <ShownOnce title="The key is made." text={secret} data-testid="key-secret" />
      )}
      <MutationForm
        mutation={createKey}
        variables={(values) => ({
          input: {
            name: values.text("name"),
            scopes: values.ticked("scopes", scopes),
            expiresInDays: Number(values.text("expiresInDays")) || null,
          },
        })}
        label="Create the key"
        onDone={({ createApiKey }) => setSecret(createApiKey.secret)}
        data-testid="key-form"
      >
        {(errorOf) => (
          <div className="grid grid-cols-1 gap-4 md:grid-cols-3">
            <Field label="Name" hint="What it is for." {...errorOf("name")}>
              {(control) => <Input {...control} name="name" autoComplete="off" />}
            </Field>
            <Field label="Ends after" {...errorOf("expiresInDays")}>
              {(control) => (
                <Select {...control} name="expiresInDays" defaultValue="90">
                  {lives.map(({ days, label }) => (
                    <option key={days} value={days}>
                      {label}
                    </option>
                  ))}
                </Select>
              )}
            </Field>
            <CheckGroup
              label="It may"
              name="scopes"
              options={scopes.map((value) => ({
                value,
                ...scopeLabels[value],
                ticked: value === "READ",
              }))}
              {...errorOf("scopes")}
            />
          </div>
        )}
      </MutationForm>
    </Panel>
  );
}
