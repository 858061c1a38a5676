"use client";

import { useRouter } from "next/navigation";
import { useRef } from "react";
import { useMutation } from "urql";
import { toApiError } from "@/api/errors";
import type { StartSearchInput } from "@/generated/graphql";
import { startSearch } from "./queries";

/** 128 random bits; unlike `crypto.randomUUID` this also works on a page without https. */
export function randomKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/**
 * Starts a search and goes to its page. The same input sent again (a second click, a retry after
 * a lost answer) carries the same key, so that it never starts a second run.
 */
export function useStart() {
  const router = useRouter();
  const [{ fetching, error }, mutate] = useMutation(startSearch);
  const sent = useRef({ input: "", key: "" });

  const start = async (input: StartSearchInput) => {
    const text = JSON.stringify(input);
    if (sent.current.input !== text) sent.current = { input: text, key: randomKey() };
    const { data } = await mutate({ input: { ...input, idempotencyKey: sent.current.key } });
    if (data) router.push(`/runs/${encodeURIComponent(data.startSearch.id)}`);
  };
  return { start, starting: fetching, failure: error && toApiError(error), error };
}
