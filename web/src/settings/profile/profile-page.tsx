"use client";

import { LogOut } from "lucide-react";
import { portalPath } from "@/api/portal-path";
import { useApi } from "@/api/provider";
import { signOut } from "@/account/session";
import { Badge } from "@/ui/badge";
import { Button } from "@/ui/button";
import { Panel } from "@/ui/card";
import { Field, Input } from "@/ui/field";
import { MutationForm } from "@/ui/mutation-form";
import { dateTime } from "@/format/time";
import { AccountsOff } from "../accounts-off";
import { roleLabels } from "../labels";
import { OnlyFor } from "../only-for";
import type { Viewer } from "@/account/use-viewer";
import { PasswordPanel } from "./password-panel";
import { renameAccount } from "./queries";
import { Sessions } from "./sessions";

/** The person's own account: its name, its password, and the browsers in which it is signed in. */
export function ProfilePage() {
  return (
    <OnlyFor role="VIEWER">
      {({ account, role }) =>
        account ? (
          <>
            <AccountPanel account={account} role={role} />
            <PasswordPanel />
            <Sessions />
          </>
        ) : (
          <AccountsOff title="Profile">
            There is no account to sign in to on this platform.
          </AccountsOff>
        )
      }
    </OnlyFor>
  );
}

function AccountPanel(props: { account: NonNullable<Viewer["account"]>; role: Viewer["role"] }) {
  const { account, role } = props;
  const { address } = useApi();
  const leave = () =>
    void signOut(address.http).finally(() => window.location.assign(portalPath("/sign-in")));
  return (
    <Panel
      title="Profile"
      note={`${account.email} · since ${dateTime(account.createdAt)}`}
      controls={
        <div className="flex items-center gap-3">
          <Badge tone="accent">{roleLabels[role]}</Badge>
          <Button size="small" onClick={leave}>
            <LogOut aria-hidden /> Sign out
          </Button>
        </div>
      }
    >
      <MutationForm
        key={account.name}
        mutation={renameAccount}
        variables={(values) => ({ name: values.text("name") })}
        label="Save the name"
        data-testid="name-form"
      >
        {(errorOf) => (
          <div className="max-w-sm">
            <Field
              label="Name"
              hint="Teams and the audit log show your e-mail address."
              {...errorOf("name")}
            >
              {(control) => (
                <Input {...control} name="name" autoComplete="name" defaultValue={account.name} />
              )}
            </Field>
          </div>
        )}
      </MutationForm>
    </Panel>
  );
}
