"use client";

import { useEffect } from "react";
import { useLiveQuery } from "@/api/use-live-query";
import { isActive } from "@/runs/status";
import { architectureTrainings } from "./queries";

const askEveryMs = 2_000;

/** An architecture's newest trainings; while one is under way they are asked for again and again. */
export function useTrainings(architectureId: string) {
  const [{ data, error }, refresh] = useLiveQuery({
    query: architectureTrainings,
    variables: { id: architectureId },
  });
  const connection = data?.architecture?.trainings;
  const trainings = connection?.edges.map(({ node }) => node) ?? [];
  const isUnderWay = trainings.some(({ status }) => isActive(status));
  useEffect(() => {
    if (!isUnderWay) return;
    const timer = setInterval(refresh, askEveryMs);
    return () => clearInterval(timer);
  }, [isUnderWay, refresh]);
  return { trainings, total: connection?.totalCount ?? 0, error, refresh };
}
