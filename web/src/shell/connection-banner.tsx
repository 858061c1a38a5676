"use client";

import { WifiOff } from "lucide-react";
import { usePathname } from "next/navigation";
import { useConnection } from "@/api/provider";
import { Button } from "@/ui/button";

/** Says once, for the whole page, that the API does not answer. */
export function ConnectionBanner() {
  const { state } = useConnection();
  // Before signing in there is nothing live to lose.
  if (usePathname() === "/sign-in") return null;
  return (
    <div role="status" className="sticky top-14 z-20">
      {state === "lost" && (
        <p data-testid="connection-lost" className={look}>
          <WifiOff aria-hidden className="size-4 shrink-0" />
          No answer from the API; trying again. What is shown may be old.
        </p>
      )}
      {state === "stopped" && (
        <p data-testid="connection-stopped" className={look}>
          <WifiOff aria-hidden className="size-4 shrink-0" />
          Live updates were refused by the API.
          <Button size="small" onClick={() => window.location.reload()}>
            Reload the page
          </Button>
        </p>
      )}
    </div>
  );
}

const look =
  "flex min-h-10 items-center justify-center gap-2 border-b border-line bg-warn-soft px-4 py-1 text-sm font-medium text-warn";
