"use client";

import { useSubscription } from "urql";
import { useLiveQuery } from "@/api/use-live-query";
import { workerChanges, workerList } from "./queries";

/** All workers, kept up to date by subscription. */
export function useWorkers() {
  const [{ data, error }, retry] = useLiveQuery({ query: workerList });
  useSubscription({ query: workerChanges });
  return { workers: data?.workers, error, retry };
}
