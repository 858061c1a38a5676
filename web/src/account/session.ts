import { besideGraphql } from "@/api/beside-graphql";
import { portalPath } from "@/api/portal-path";
import * as z from "@/security/zod";

const failureSchema = z.object({ message: z.string() });
const redirectSchema = z.object({ url: z.url({ protocol: /^https?$/ }) });

/** A refusal to sign in, with a sentence for the person. */
export class Refusal extends Error {}

/** Sends JSON to an address beside the API's; the browser keeps the cookie of the answer. */
async function post(api: string, path: string, body: object): Promise<unknown> {
  let response: Response;
  try {
    response = await fetch(besideGraphql(api, path), {
      method: "POST",
      credentials: "include",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(body),
    });
  } catch (cause) {
    throw new Refusal("The API does not answer. Check that it is running.", { cause });
  }
  const text = await response.text();
  const answer: unknown = text.startsWith("{") ? JSON.parse(text) : {};
  if (response.ok) return answer;
  if (response.status === 429) throw new Refusal("Too many attempts: wait a minute.");
  const failure = failureSchema.safeParse(answer);
  throw new Refusal(failure.data?.message ?? "This was refused.");
}

/** Signs in by password. @throws Refusal */
export async function signIn(api: string, email: string, password: string): Promise<void> {
  await post(api, "/auth/sign-in/email", { email, password });
}

/** Shows the token of the machine, which its API then knows the browser by. @throws Refusal */
export async function showToken(api: string, token: string): Promise<void> {
  try {
    await post(api, "/auth/local", { token });
  } catch (cause) {
    throw new Refusal("This is not the token of the API's machine.", { cause });
  }
}

/**
 * Returns the address at the provider of single sign-on, from which people come back to `callbackURL`, or
 * to `errorCallbackURL` with the reason in its query.
 * @throws Refusal
 */
export async function singleSignOn(
  api: string,
  callbackURL: string,
  errorCallbackURL: string,
): Promise<string> {
  const body = { provider: "oidc", callbackURL, errorCallbackURL };
  const answer = await post(api, "/auth/sign-in/social", body);
  const parsed = redirectSchema.safeParse(answer);
  if (!parsed.success) throw new Refusal("Single sign-on is not set up as it should be.");
  return parsed.data.url;
}

/** Changes the password and ends the sessions of all other browsers. @throws Refusal */
export async function changePassword(
  api: string,
  currentPassword: string,
  newPassword: string,
): Promise<void> {
  const body = { currentPassword, newPassword, revokeOtherSessions: true };
  await post(api, "/auth/change-password", body);
}

/** Ends the session. @throws Refusal */
export async function signOut(api: string): Promise<void> {
  await post(api, "/auth/sign-out", {});
}

/**
 * Returns the page to go to after signing in, from the query of the page's address: a path of this
 * portal, whatever somebody wrote there.
 */
export function pageAfter(search: string): string {
  const first = portalPath("/");
  const next = new URLSearchParams(search).get("next") ?? first;
  const base = "http://portal.invalid";
  const url = URL.canParse(next, base) ? new URL(next, base) : new URL(first, base);
  return url.origin === base ? `${url.pathname}${url.search}` : first;
}

const cannotKnow =
  "The provider signed you in, but the platform could not make sure who you are: ask an administrator to look at the API's log.";
const startedElsewhere =
  "This sign-in was begun in another browser, or too long ago: begin it again.";

/** The sentences for what may go wrong at single sign-on, by the codes in the address. */
const failures: Readonly<Record<string, string>> = {
  access_denied: "The provider did not let you in, or you did not allow it.",
  account_not_linked:
    "There is an account with your e-mail address, but the provider has not verified that the address is yours: sign in with your password.",
  email_not_found: "The provider did not tell your e-mail address, which an account needs.",
  invalid_code:
    "The provider refused the platform: ask an administrator to check OPNAS_OIDC_CLIENT_ID and OPNAS_OIDC_CLIENT_SECRET.",
  unable_to_create_session: "Your account is disabled: ask an administrator.",
  issuer_mismatch: cannotKnow,
  nonce_binding_missing: cannotKnow,
  unable_to_get_user_info: cannotKnow,
  state_mismatch: startedElsewhere,
  state_not_found: startedElsewhere,
};

/** Returns why single sign-on failed, from the query of the page's address; undefined if it did not. */
export function failureOf(search: string): string | undefined {
  const code = new URLSearchParams(search).get("error");
  if (code === null) return undefined;
  const known = Object.hasOwn(failures, code) ? failures[code] : undefined;
  return (
    known ?? "Single sign-on failed. Try again, or ask an administrator to look at the API's log."
  );
}
