"use client";

import { useMutation } from "urql";
import { toApiError } from "@/api/errors";
import { Field, Input } from "@/ui/field";
import { acceptInvitation } from "./queries";
import { SecretForm, textOf } from "./secret-form";
import { Refusal, signIn } from "./session";

/** Makes the account of an invitation, and signs in with it. */
export function InvitationForm(props: { api: string; secret: string; onDone: () => void }) {
  const [, accept] = useMutation(acceptInvitation);
  const send = async (values: FormData) => {
    const password = textOf(values, "password");
    const input = { secret: props.secret, name: textOf(values, "name"), password };
    const { data, error } = await accept({ input });
    if (!data) throw new Refusal(error ? toApiError(error).message : "This was refused.");
    await signIn(props.api, data.acceptInvitation.email, password);
    props.onDone();
  };
  return (
    <SecretForm label="Create the account" send={send}>
      <Field label="Your name">
        {(control) => <Input {...control} name="name" autoComplete="name" required />}
      </Field>
      <Field label="Password" hint="10 characters or more.">
        {(control) => (
          <Input
            {...control}
            name="password"
            type="password"
            autoComplete="new-password"
            minLength={10}
            required
          />
        )}
      </Field>
    </SecretForm>
  );
}
