"use client";

import { CircleAlert } from "lucide-react";
import { catchError, type ErrorInfo } from "next/error";
import { useEffect, useEffectEvent, useState } from "react";
import { isChunkFailure, reloadIfReplaced } from "@/api/chunk-failure";
import { useConnection } from "@/api/provider";
import { Button } from "./button";

/**
 * Holds a fault within a part of the page, so that the rest stays. The part is drawn again when the
 * network or the connection is back, or when a person asks for it; `onRetry` is called before.
 */
export const PanelBoundary = catchError(PanelFault);

function PanelFault({ onRetry }: { onRetry?: () => void }, { error, reset }: ErrorInfo) {
  const { epoch } = useConnection();
  const [failedIn] = useState(epoch);
  const isUnloaded = isChunkFailure(error);
  const retry = useEffectEvent(() => {
    onRetry?.();
    reset();
  });
  useEffect(() => {
    if (isUnloaded) void reloadIfReplaced();
  }, [isUnloaded]);
  useEffect(() => {
    if (epoch !== failedIn) retry();
    const redraw = () => retry();
    window.addEventListener("online", redraw);
    return () => window.removeEventListener("online", redraw);
  }, [epoch, failedIn]);
  return (
    <div
      role="alert"
      data-testid="panel-fault"
      className="flex flex-wrap items-center gap-3 rounded-lg border border-line bg-sunken px-4 py-3 text-sm"
    >
      <CircleAlert aria-hidden className="size-4 shrink-0 text-bad" />
      <p className="min-w-0 flex-1 basis-60 wrap-anywhere">
        {isUnloaded
          ? "This part of the page could not be loaded. It comes by itself when the network is back."
          : `This part of the page failed to draw: ${String(error)}`}
      </p>
      <Button
        size="small"
        onClick={() => {
          onRetry?.();
          reset();
        }}
      >
        Try again
      </Button>
    </div>
  );
}
