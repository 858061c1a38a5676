"use client";

import { AccountsOff } from "../accounts-off";
import { OnlyFor } from "../only-for";
import { Invitations } from "./invitations";
import { InviteForm } from "./invite-form";
import { UserList } from "./user-list";

/** The accounts of the platform and the invitations to have one, for administrators. */
export function UsersPage() {
  return (
    <OnlyFor role="ADMIN">
      {({ account }) =>
        account ? (
          <>
            <UserList ownId={account.id} />
            <InviteForm />
            <Invitations />
          </>
        ) : (
          <AccountsOff title="Users">Nobody has an account on this platform.</AccountsOff>
        )
      }
    </OnlyFor>
  );
}
