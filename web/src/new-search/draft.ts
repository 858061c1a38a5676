"use client";

import { useEffect, useState } from "react";
import * as z from "@/security/zod";

/** Everything that was typed or chosen in the form for a new search; nulls are the form's own choices. */
const draftSchema = z.object({
  preset: z.nullable(z.string()),
  name: z.string(),
  seed: z.string(),
  strategy: z.string(),
  /** The values in place of the preset's, by dotted path. */
  edits: z.record(z.string(), z.union([z.string(), z.boolean(), z.array(z.string())])),
});

export type Draft = z.infer<typeof draftSchema>;

export const emptyDraft: Draft = { preset: null, name: "", seed: "", strategy: "OPNAS", edits: {} };

const key = "opnas-new-search";

/** Holds the draft of a new search, which is there again on Back or after a reload of the tab. */
export function useDraft() {
  const [draft, setDraft] = useState(readDraft);
  useEffect(() => sessionStorage.setItem(key, JSON.stringify(draft)), [draft]);
  const change = (changes: Partial<Draft>) => setDraft((current) => ({ ...current, ...changes }));
  /** Forgets the draft, which has become a search. */
  const discard = () => sessionStorage.removeItem(key);
  return { draft, change, discard };
}

function readDraft(): Draft {
  try {
    return draftSchema.parse(JSON.parse(sessionStorage.getItem(key) ?? ""));
  } catch {
    return emptyDraft;
  }
}
