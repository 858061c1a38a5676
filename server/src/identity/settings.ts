import { OpnasError, whenValid } from "@opnas/core";
import { BlockList, isIP, isIPv4 } from "node:net";
import { z } from "zod";

/** The fewest characters of OPNAS_AUTH_SECRET. */
const minSecretLength = 32;

/** The variables of the environment about who may use the API. */
export const identityVariables = {
  OPNAS_AUTH: z
    .enum(["local", "accounts"], { error: "must be local or accounts" })
    .default("local"),
  OPNAS_AUTH_SECRET: z
    .string()
    .min(
      minSecretLength,
      `must have ${minSecretLength} characters or more, e.g. of openssl rand -hex 32`,
    )
    .optional(),
  OPNAS_LOCAL_TOKEN: z
    .enum(["others", "required", "off"], { error: "must be others, required or off" })
    .default("others"),
  OPNAS_DATA_DIR: z.string().optional(),
  OPNAS_TRUSTED_PROXIES: z
    .string()
    .transform((list) => list.split(",").map((each) => each.trim()))
    .refine((list) => list.every(isAddressOrNetwork), {
      error: "must be IP addresses or networks such as 10.0.0.0/8, with commas between",
      when: whenValid,
    })
    .default([]),
  OPNAS_OIDC_ISSUER: z.url({ protocol: /^https?$/, error: "must be an address" }).optional(),
  OPNAS_OIDC_CLIENT_ID: z.string().optional(),
  OPNAS_OIDC_CLIENT_SECRET: z.string().optional(),
};

/** The values of the variables, as their schemas give them. */
type IdentityVariables = z.infer<z.ZodObject<typeof identityVariables>>;

function isAddressOrNetwork(text: string): boolean {
  const [address = "", bits, ...rest] = text.split("/");
  if (isIP(address) === 0 || rest.length > 0) return false;
  if (bits === undefined) return true;
  return /^\d{1,3}$/.test(bits) && Number(bits) <= (isIPv4(address) ? 32 : 128);
}

/** The provider of single sign-on by OpenID Connect. */
export interface OidcSettings {
  issuer: string;
  clientId: string;
  clientSecret: string;
}

/** The settings about who may use the API. */
export interface IdentitySettings {
  /** `local`: the owner of this machine, without an account; `accounts`: whoever has one. */
  mode: "local" | "accounts";
  /** The secret that cookies are signed with; undefined without accounts. */
  secret: string | undefined;
  /** Callers on this machine who must send its token: of other accounts, all, or none. */
  localToken: "others" | "required" | "off";
  /** The folder of the token's file; undefined for no token. */
  dataFolder: string | undefined;
  /** The addresses of proxies whose X-Forwarded-For is believed. */
  trustedProxies: readonly string[];
  oidc: OidcSettings | undefined;
}

/**
 * Turns the variables into settings, and refuses an API that others could reach without accounts.
 * @throws OpnasError `BAD_SETTING`
 */
export function identitySettings(data: IdentityVariables, host: string): IdentitySettings {
  const mode = data.OPNAS_AUTH;
  if (mode === "local" && !isLoopback(host)) {
    const message = `OPNAS_HOST is ${host}, which others can reach: set OPNAS_AUTH=accounts and OPNAS_AUTH_SECRET to a secret of ${minSecretLength} characters or more (docs/accounts.md), or leave OPNAS_HOST at 127.0.0.1.`;
    throw new OpnasError("BAD_SETTING", message);
  }
  if (mode === "accounts" && data.OPNAS_AUTH_SECRET === undefined) {
    const message = `OPNAS_AUTH=accounts needs OPNAS_AUTH_SECRET: set it to a secret of ${minSecretLength} characters or more, e.g. of openssl rand -hex 32.`;
    throw new OpnasError("BAD_SETTING", message);
  }
  return {
    mode,
    secret: data.OPNAS_AUTH_SECRET,
    localToken: data.OPNAS_LOCAL_TOKEN,
    dataFolder: data.OPNAS_DATA_DIR,
    trustedProxies: data.OPNAS_TRUSTED_PROXIES,
    oidc: oidcSettings(data),
  };
}

function oidcSettings(data: IdentityVariables): OidcSettings | undefined {
  const {
    OPNAS_OIDC_ISSUER: issuer,
    OPNAS_OIDC_CLIENT_ID: clientId,
    OPNAS_OIDC_CLIENT_SECRET: clientSecret,
  } = data;
  if (issuer === undefined) return undefined;
  if (clientId === undefined || clientSecret === undefined) {
    const message =
      "OPNAS_OIDC_ISSUER needs OPNAS_OIDC_CLIENT_ID and OPNAS_OIDC_CLIENT_SECRET, which the provider gives.";
    throw new OpnasError("BAD_SETTING", message);
  }
  return { issuer, clientId, clientSecret };
}

const loopback = new BlockList();
loopback.addSubnet("127.0.0.0", 8, "ipv4");
loopback.addAddress("::1", "ipv6");

/** Reports whether an IP address is one that only this machine can reach. */
export function isLoopback(host: string): boolean {
  return loopback.check(host, isIPv4(host) ? "ipv4" : "ipv6");
}
