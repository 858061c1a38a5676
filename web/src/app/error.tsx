"use client";

import { useEffect } from "react";
import { isChunkFailure, reloadIfReplaced } from "@/api/chunk-failure";
import { Button } from "@/ui/button";
import { Empty } from "@/ui/states";

/** Shows a fault in the portal itself, or that the code of a page could not be loaded. */
export default function PageError({ error, reset }: { error: Error; reset: () => void }) {
  const isUnloaded = isChunkFailure(error);
  useEffect(() => {
    if (isUnloaded) void reloadIfReplaced();
  }, [isUnloaded]);
  if (isUnloaded) {
    return (
      <Empty
        isPage
        title="This page could not be loaded"
        action={<Button onClick={() => window.location.reload()}>Load it again</Button>}
      >
        The portal did not answer, or was replaced by a newer one.
      </Empty>
    );
  }
  return (
    <Empty
      isPage
      title="This page failed to draw"
      action={<Button onClick={reset}>Draw it again</Button>}
    >
      {error.message}
    </Empty>
  );
}
