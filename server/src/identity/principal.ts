import type { KeyScope, UserRole } from "@opnas/prisma";

/** The kinds of callers. LOCAL is the owner of the machine, who needs no account. */
export type PrincipalKind = "LOCAL" | "USER" | "API_KEY" | "ANONYMOUS";

/** The caller of an operation, with what it may do. */
export interface Principal {
  kind: PrincipalKind;
  /** "local", "user:<id>", "key:<id>" or "anonymous"; limits by caller count by it. */
  id: string;
  /** The account's e-mail address, or a word for what has none. */
  name: string;
  /** The account's id; undefined for what has none. */
  userId: string | undefined;
  /** The id of the browser's session; undefined for callers without one. */
  sessionId?: string;
  /** The role; undefined for somebody unknown, who may do nothing but sign in. */
  role: UserRole | undefined;
  scopes: readonly KeyScope[];
  /** The teams whose rows it sees; undefined for the rows of all teams. */
  teamIds: readonly string[] | undefined;
  /** The time at which its session or key ends by itself. */
  expiresAt: Date | undefined;
  /** A sentence that says why it is unknown. */
  problem: string | undefined;
}

/** Every scope, for callers whose role alone decides. */
export const allScopes: readonly KeyScope[] = ["READ", "WRITE", "ADMIN"];

/** The owner of the machine: whoever may read the token file, or uses the API over loopback. */
export const localPrincipal: Principal = {
  kind: "LOCAL",
  id: "local",
  name: "this machine",
  userId: undefined,
  role: "ADMIN",
  scopes: allScopes,
  teamIds: undefined,
  expiresAt: undefined,
  problem: undefined,
};

/** Returns the principal of a caller who is not known, for the given reason. */
export function anonymous(problem: string): Principal {
  return {
    kind: "ANONYMOUS",
    id: "anonymous",
    name: "nobody",
    userId: undefined,
    role: undefined,
    scopes: [],
    teamIds: [],
    expiresAt: undefined,
    problem,
  };
}

/** Reports whether two principals may do exactly the same, so that an open connection may stay. */
export function hasSameRights(one: Principal, other: Principal): boolean {
  return (
    one.id === other.id &&
    one.role === other.role &&
    one.scopes.join() === other.scopes.join() &&
    one.teamIds?.join() === other.teamIds?.join()
  );
}
