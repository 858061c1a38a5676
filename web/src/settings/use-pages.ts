"use client";

import { useState } from "react";

/** Walks through pages of a list by their cursors; `restart` goes back to the first one. */
export function usePages() {
  const [cursors, setCursors] = useState<readonly string[]>([]);
  return {
    /** The cursor after which the present page starts; null for the first page. */
    after: cursors.at(-1) ?? null,
    forward: (cursor: string) => setCursors([...cursors, cursor]),
    back: () => setCursors(cursors.slice(0, -1)),
    restart: () => setCursors([]),
  };
}
