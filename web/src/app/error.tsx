"use client";

import { Button } from "@/ui/button";
import { Empty } from "@/ui/states";

/** Shows a fault in the portal itself. */
export default function PageError({ error, reset }: { error: Error; reset: () => void }) {
  return (
    <Empty title="This page failed to draw" action={<Button onClick={reset}>Draw it again</Button>}>
      {error.message}
    </Empty>
  );
}
