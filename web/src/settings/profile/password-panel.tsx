"use client";

import { useSearchParams } from "next/navigation";
import { portalPath } from "@/api/portal-path";
import { useApi } from "@/api/provider";
import { SecretForm, textOf } from "@/account/secret-form";
import { changePassword } from "@/account/session";
import { Panel } from "@/ui/card";
import { Field, Input } from "@/ui/field";

/** Changes the person's password, which ends the sessions of other browsers. */
export function PasswordPanel() {
  const { address } = useApi();
  const isChanged = useSearchParams().get("changed") === "password";
  return (
    <Panel title="Password" note="A new one signs you out of all other browsers.">
      <div className="max-w-sm">
        {isChanged && (
          <p role="status" className="mb-3 text-sm font-medium text-good">
            The password is changed.
          </p>
        )}
        <SecretForm
          label="Change the password"
          send={async (values) => {
            await changePassword(address.http, textOf(values, "current"), textOf(values, "new"));
            // The session is a new one, and the live connection ended with the one before.
            window.location.assign(portalPath("/settings?changed=password"));
          }}
        >
          <Field label="Present password">
            {(control) => (
              <Input
                {...control}
                name="current"
                type="password"
                autoComplete="current-password"
                required
              />
            )}
          </Field>
          <Field label="New password" hint="10 characters or more.">
            {(control) => (
              <Input
                {...control}
                name="new"
                type="password"
                autoComplete="new-password"
                minLength={10}
                required
              />
            )}
          </Field>
        </SecretForm>
      </div>
    </Panel>
  );
}
