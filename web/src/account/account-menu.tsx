"use client";

import { LogOut } from "lucide-react";
import { useQuery } from "urql";
import { portalPath } from "@/api/portal-path";
import { useApi } from "@/api/provider";
import { Button } from "@/ui/button";
import { whoIsThere } from "./queries";
import { signOut } from "./session";

/**
 * Shows who is signed in, with a button to sign out; nothing where there are no accounts, and on a
 * phone, where the settings have that button.
 */
export function AccountMenu() {
  const { address } = useApi();
  const [{ data }] = useQuery({ query: whoIsThere });
  const viewer = data?.viewer;
  if (viewer?.kind !== "USER") return null;
  const leave = () =>
    void signOut(address.http).finally(() => window.location.assign(portalPath("/sign-in")));
  return (
    <Button
      look="quiet"
      size="icon"
      aria-label={`Sign out ${viewer.name}`}
      title={`${viewer.name} (${viewer.role.toLowerCase()}): sign out`}
      className="max-sm:hidden"
      data-testid="sign-out"
      onClick={leave}
    >
      <LogOut aria-hidden />
    </Button>
  );
}
