"use client";

import type { DocumentType } from "@/generated";
import type { UserRole } from "@/generated/graphql";
import { useLiveQuery } from "@/api/use-live-query";
import { whoIsThere } from "./queries";

/** The person who looks at the page. */
export type Viewer = NonNullable<DocumentType<typeof whoIsThere>["viewer"]>;

/** Asks who looks at the page: undefined while it is not known, null for nobody. */
export function useViewer() {
  const [{ data, error }, retry] = useLiveQuery({ query: whoIsThere });
  return { viewer: data?.viewer, error, retry };
}

const ranks: Record<UserRole, number> = { VIEWER: 0, RESEARCHER: 1, ADMIN: 2 };

/** Reports whether a role has all that another one has. */
export function isAtLeast(role: UserRole, needed: UserRole): boolean {
  return ranks[role] >= ranks[needed];
}
