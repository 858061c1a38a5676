import type { KeyScope, UserRole } from "@opnas/prisma";
import { createApiKey, createTeam, defaultTeamId } from "@opnas/prisma";
import { createAccount } from "../identity/accounts.js";
import { answerSchema, type Answer, type TestServer } from "./client.js";

/** The secret of the servers with accounts of these tests. */
export const authSecret = "a secret of these tests, of 32 characters or more";

/** The password of every account of these tests. */
export const password = "correct horse battery";

/** An account of a test, with its credentials. */
export interface TestAccount {
  id: string;
  email: string;
  teamId: string;
  /** An API key with every scope. */
  key: string;
}

/** Stores an account with a key, in a team of its own or in the one given. */
export async function testAccount(
  { services: { database, identity } }: TestServer,
  name: string,
  role: UserRole,
  teamId?: string,
): Promise<TestAccount> {
  const team = teamId ?? (await createTeam(database, `team of ${name}`)).id;
  const email = `${name}@example.org`;
  const account = { email, name, password, role, teamId: team };
  const { id } = await createAccount(database, identity.auth, account);
  return {
    id,
    email,
    teamId: team,
    key: await keyOf({ database }, id, ["READ", "WRITE", "ADMIN"]),
  };
}

/** Creates an API key of an account and returns its secret. */
export async function keyOf(
  { database }: Pick<TestServer["services"], "database">,
  userId: string,
  scopes: readonly KeyScope[],
): Promise<string> {
  return (await createApiKey(database, { userId, name: "test", scopes, expiresInDays: null }))
    .secret;
}

/** Sends an operation with these headers, such as a key's or a cookie's. */
export async function askWith(
  { url }: Pick<TestServer, "url">,
  headers: Record<string, string>,
  query: string,
  variables?: Record<string, unknown>,
): Promise<Answer> {
  const response = await fetch(url, {
    method: "POST",
    headers: { "content-type": "application/json", ...headers },
    body: JSON.stringify({ query, variables }),
  });
  return answerSchema.parse(await response.json());
}

/** The header of an API key or token. */
export function bearer(secret: string): { authorization: string } {
  return { authorization: `Bearer ${secret}` };
}

/** Signs in by password and returns the session's cookie; null where that is refused. */
export async function signIn(
  { port }: Pick<TestServer, "port">,
  email: string,
  secret: string = password,
): Promise<string | null> {
  const response = await fetch(`http://127.0.0.1:${port}/auth/sign-in/email`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ email, password: secret }),
  });
  const [cookie] = response.headers.getSetCookie();
  return response.ok ? (cookie?.split(";")[0] ?? null) : null;
}

export { defaultTeamId };
