"use client";

import { AccountsOff } from "../accounts-off";
import { OnlyFor } from "../only-for";
import { CreateKey } from "./create-key";
import { KeyList } from "./key-list";

/** The person's API keys, with which programs act for the account. */
export function KeysPage() {
  return (
    <OnlyFor role="VIEWER">
      {({ account }) =>
        account ? (
          <>
            <KeyList />
            <CreateKey />
          </>
        ) : (
          <AccountsOff title="API keys">
            Programs on this machine need no key: the API on loopback serves its owner.
          </AccountsOff>
        )
      }
    </OnlyFor>
  );
}
