"use client";

import { useRouter } from "next/navigation";
import { useRef } from "react";
import { useMutation } from "urql";
import { randomKey } from "@/api/random-key";
import type { StartSearchInput } from "@/generated/graphql";
import { startSearch } from "./queries";

/**
 * Starts a search and opens its page. A repeated input (a second click, a retry after a lost
 * answer) has the same idempotency key, so that it never starts a second run.
 */
export function useStartSearch(onStarted: () => void) {
  const router = useRouter();
  const [{ fetching, error }, mutate] = useMutation(startSearch);
  const sent = useRef({ input: "", key: "" });

  const start = async (input: StartSearchInput) => {
    const text = JSON.stringify(input);
    if (sent.current.input !== text) sent.current = { input: text, key: randomKey() };
    const { data } = await mutate({ input: { ...input, idempotencyKey: sent.current.key } });
    if (!data) return;
    onStarted();
    router.push(`/runs/${encodeURIComponent(data.startSearch.id)}`);
  };
  return { start, starting: fetching, error };
}
