"use client";

import { Pencil } from "lucide-react";
import { useState } from "react";
import type { FullRun } from "@/run/queries";
import { Button } from "@/ui/button";
import { lazyPart } from "@/ui/lazy-part";
import { Popover } from "@/ui/popover";
import { SkeletonRows } from "@/ui/states";

const DescribeForm = lazyPart(() => import("./describe-form"), <SkeletonRows rows={3} />);

/** Opens a form for what people say of a run: its name, tags and note. */
export function DescribeRun({ run }: { run: FullRun }) {
  const [isOpen, setOpen] = useState(false);
  return (
    <Popover
      open={isOpen}
      onOpenChange={setOpen}
      label="Name, tags and note"
      trigger={
        <Button data-testid="describe-run">
          <Pencil aria-hidden /> Describe
        </Button>
      }
    >
      <DescribeForm run={run} onDone={() => setOpen(false)} />
    </Popover>
  );
}
