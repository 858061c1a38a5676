"use client";

import { CopyPlus } from "lucide-react";
import type { FullRun } from "@/run/queries";
import { Button } from "@/ui/button";
import { lazyPart } from "@/ui/lazy-part";
import { Popover } from "@/ui/popover";
import { SkeletonRows } from "@/ui/states";

const CloneForm = lazyPart(() => import("./clone-form"), <SkeletonRows rows={3} />);

/** Opens a form that starts a search with the settings of this one, and with changes. */
export function CloneRun({ run }: { run: FullRun }) {
  return (
    <Popover
      label="Clone the search"
      trigger={
        <Button data-testid="clone-run">
          <CopyPlus aria-hidden /> Clone
        </Button>
      }
    >
      <CloneForm run={run} />
    </Popover>
  );
}
