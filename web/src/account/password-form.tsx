"use client";

import { Field, Input } from "@/ui/field";
import { SecretForm, textOf } from "./secret-form";
import { signIn } from "./session";

/** Signs in by e-mail address and password. */
export function PasswordForm(props: { api: string; onDone: () => void }) {
  return (
    <SecretForm
      label="Sign in"
      send={async (values) => {
        await signIn(props.api, textOf(values, "email"), textOf(values, "password"));
        props.onDone();
      }}
    >
      <Field label="E-mail">
        {(control) => (
          <Input {...control} name="email" type="email" autoComplete="username" required />
        )}
      </Field>
      <Field label="Password">
        {(control) => (
          <Input
            {...control}
            name="password"
            type="password"
            autoComplete="current-password"
            required
          />
        )}
      </Field>
    </SecretForm>
  );
}
