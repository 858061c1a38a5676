import { UserError } from "./userError.mjs";

/**
 * Refuses, as the API does, to be reached by others without accounts.
 *
 * @param {string} host
 * @param {"local" | "accounts"} auth
 * @param {string | undefined} secret
 */
export function refuseOpenHost(host, auth, secret) {
  const isLoopback = host === "::1" || host.startsWith("127.");
  if (isLoopback ? auth === "local" || secret !== undefined : auth === "accounts" && secret) return;
  throw new UserError(
    auth === "accounts"
      ? "OPNAS_AUTH=accounts needs OPNAS_AUTH_SECRET: set it to a secret of 32 characters or more, e.g. of openssl rand -hex 32."
      : `OPNAS_HOST is ${host}, which others can reach: set OPNAS_AUTH=accounts and OPNAS_AUTH_SECRET to a secret of 32 characters or more (docs/accounts.md), or leave OPNAS_HOST at 127.0.0.1.`,
  );
}
