import { OpnasError } from "@opnas/core";
import { genericOAuth } from "better-auth/plugins";
import { z } from "zod";
import { label } from "../input.js";
import type { Log } from "../log.js";
import type { OidcSettings } from "./settings.js";

/** The name of the provider of single sign-on in addresses. */
export const oidcProvider = "oidc";

/** Milliseconds that the provider's description may take. */
const descriptionTimeout = 10_000;

/** The provider's description of itself, as far as it is needed (OpenID Connect Discovery 1.0, section 3). */
const descriptionSchema = z.object({
  issuer: z.url(),
  authorization_endpoint: z.url(),
  token_endpoint: z.url(),
  jwks_uri: z.url(),
});

const nameSchema = label(200).trim().min(1);

function descriptionUrl({ issuer }: OidcSettings): string {
  return `${issuer.replace(/\/$/, "")}/.well-known/openid-configuration`;
}

/**
 * Creates better-auth's plugin for a provider of OpenID Connect. The provider's description is read when
 * the first person signs in there, not at the start, which must not wait for another's machine.
 */
export function singleSignOn(settings: OidcSettings) {
  const config = {
    providerId: oidcProvider,
    discoveryUrl: descriptionUrl(settings),
    clientId: settings.clientId,
    clientSecret: settings.clientSecret,
    scopes: ["openid", "email", "profile"],
    pkce: true,
    // What every provider has that knows secrets (RFC 6749, section 2.3.1).
    authentication: "basic" as const,
    requireIdTokenVerification: true,
    mapProfileToUser: nameOf,
  };
  const plugin = genericOAuth({ config: [config] });
  const init: typeof plugin.init = ({ socialProviders }) =>
    Promise.resolve({
      context: {
        socialProviders,
        genericOAuthPendingDiscovery: new Map([[oidcProvider, config]]),
      },
    });
  return { ...plugin, init };
}

/** Chooses a person's name among what the provider says, which may be anything. */
function nameOf(profile: Record<string, unknown>): { name: string } {
  const candidates = [profile["name"], profile["preferred_username"], profile["email"]];
  const names = candidates.map((each) => nameSchema.safeParse(each).data);
  return { name: names.find((each) => each !== undefined) ?? "nameless" };
}

/**
 * Checks that the provider of the settings can be used.
 * @throws OpnasError `BAD_SETTING` with the reason, which is also written to the log
 */
export async function requireProvider(settings: OidcSettings, log: Log): Promise<void> {
  const problem = await problemOf(settings);
  if (problem === null) return;
  const message = `Single sign-on cannot be used: ${problem}. Ask an administrator to check OPNAS_OIDC_ISSUER and the provider.`;
  log.error(message);
  throw new OpnasError("BAD_SETTING", message);
}

async function problemOf(settings: OidcSettings): Promise<string | null> {
  const url = descriptionUrl(settings);
  let response: Response;
  let body: string;
  try {
    response = await fetch(url, { signal: AbortSignal.timeout(descriptionTimeout) });
    body = await response.text();
  } catch {
    return `${url} does not answer`;
  }
  if (!response.ok) return `${url} answers ${response.status}`;
  const description = parsed(body);
  if (description === undefined) return `${url} is no description of a provider`;
  const { issuer } = description;
  if (issuer.replace(/\/$/, "") === settings.issuer.replace(/\/$/, "")) return null;
  return `the provider at ${settings.issuer} calls itself ${issuer.slice(0, 200)}`;
}

function parsed(body: string): z.infer<typeof descriptionSchema> | undefined {
  try {
    return descriptionSchema.safeParse(JSON.parse(body)).data;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
