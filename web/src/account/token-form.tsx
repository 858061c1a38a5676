"use client";

import { Field, Input } from "@/ui/field";
import { SecretForm, textOf } from "./secret-form";
import { showToken } from "./session";

/** Shows the API the token of its machine. */
export function TokenForm(props: { api: string; onDone: () => void }) {
  return (
    <SecretForm
      label="Continue"
      send={async (values) => {
        await showToken(props.api, textOf(values, "token").trim());
        props.onDone();
      }}
    >
      <Field label="Token" hint="The content of the file api-token in the API's data folder.">
        {(control) => (
          <Input {...control} name="token" type="password" autoComplete="off" required />
        )}
      </Field>
    </SecretForm>
  );
}
