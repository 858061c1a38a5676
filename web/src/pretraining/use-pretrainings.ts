"use client";

import { useEffect } from "react";
import { useLiveQuery } from "@/api/use-live-query";
import { isActive } from "@/status/status";
import { architecturePretrainings } from "./queries";

const pollEveryMs = 2_000;

/** Queries an architecture's newest pre-trainings, every two seconds while one is active. */
export function usePretrainings(architectureId: string) {
  const [{ data, error }, refresh] = useLiveQuery({
    query: architecturePretrainings,
    variables: { id: architectureId },
  });
  const connection = data?.architecture?.trainings;
  const pretrainings = connection?.edges.map(({ node }) => node) ?? [];
  const isAnyActive = pretrainings.some(({ status }) => isActive(status));
  useEffect(() => {
    if (!isAnyActive) return;
    const timer = setInterval(refresh, pollEveryMs);
    return () => clearInterval(timer);
  }, [isAnyActive, refresh]);
  return { pretrainings, total: connection?.totalCount ?? 0, error, refresh };
}
