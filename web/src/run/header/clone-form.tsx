"use client";

import { useRouter } from "next/navigation";
import { useState } from "react";
import { randomKey } from "@/api/random-key";
import type { FullRun } from "@/run/queries";
import { Field, Input, TextArea } from "@/ui/field";
import { MutationForm } from "@/ui/mutation-form";
import { cloneSearch } from "./form-queries";

/** A form that starts a search with the settings of a run, and with changes, and opens its page. */
export default function CloneForm({ run }: { run: FullRun }) {
  const router = useRouter();
  // The key belongs to one opened form, so that a second click starts no second search.
  const [idempotencyKey] = useState(randomKey);
  return (
    <MutationForm
      mutation={cloneSearch}
      variables={(values) => {
        const settings = values.text("settings");
        return {
          id: run.id,
          idempotencyKey,
          changes: {
            name: values.text("name") || null,
            seed: Number(values.text("seed")),
            ...(settings === "" ? {} : { settings: parsed(settings) }),
          },
        };
      }}
      label="Start the clone"
      busyLabel="Starting…"
      onDone={({ cloneSearch: { id } }) => router.push(`/runs/${encodeURIComponent(id)}`)}
      className="space-y-3"
      data-testid="clone-run-form"
    >
      {(errorOf) => (
        <>
          <p className="text-[13px] text-muted">
            A new search with the settings of this one; the same seed gives the same record on the
            same engine.
          </p>
          <Field label="Name" {...errorOf("changes.name")}>
            {(control) => (
              <Input
                {...control}
                name="name"
                autoComplete="off"
                placeholder={`${run.name} (clone)`}
              />
            )}
          </Field>
          <Field label="Seed" {...errorOf("changes.seed")}>
            {(control) => (
              <Input {...control} name="seed" type="number" min={0} defaultValue={run.seed} />
            )}
          </Field>
          <Field
            label="Settings that differ"
            hint='JSON with only what changes, such as {"generations": 8}.'
            {...errorOf("changes.settings")}
          >
            {(control) => <TextArea {...control} name="settings" rows={3} className="font-mono" />}
          </Field>
        </>
      )}
    </MutationForm>
  );
}

/** Reads JSON; a text that is none goes to the API as it is, which says what is wrong with it. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
