import type { Command } from "commander";
import { Api } from "../api/client.js";
import { CliError, exitCodes } from "../api/error.js";
import { chosenProfile, profilesFile, readProfiles } from "./profiles.js";

/** Options by which a person names a server. */
export interface ConnectionOptions {
  api?: string | undefined;
  token?: string | undefined;
  profile?: string | undefined;
}

/** Adds the options that name a server, which every command takes. */
export function withConnectionOptions(command: Command): Command {
  return command
    .option("--api <address>", "the GraphQL API, e.g. http://localhost:4000/graphql")
    .option(
      "--token <token>",
      "API key to send; better in OPNAS_TOKEN, which lists of processes lack",
    )
    .option("--profile <name>", "a server that opnas profile add has named");
}

/**
 * Returns the API that a person means: the address of `--api`, else of `--profile`, else of the chosen
 * profile, else of the platform on this machine. The token is that of `--token`, else of OPNAS_TOKEN,
 * else of the profile: a profile's token never goes to another address.
 * @throws CliError for a bad address or an unknown profile
 */
export function connectTo(
  options: ConnectionOptions,
  environment: NodeJS.ProcessEnv = process.env,
): Api {
  const profile =
    options.api === undefined
      ? chosenProfile(readProfiles(profilesFile(environment)), options.profile)
      : undefined;
  const local = `http://127.0.0.1:${environment["OPNAS_API_PORT"] || "4000"}/graphql`;
  const address = checkedAddress(options.api ?? profile?.api ?? local, "--api");
  const token = options.token ?? (environment["OPNAS_TOKEN"] || undefined) ?? profile?.token;
  return new Api(address, token);
}

/** Returns an address that can be an API's. @throws CliError for any other */
export function checkedAddress(address: string, what: string): string {
  if (URL.canParse(address) && /^https?:/.test(address)) return address;
  throw new CliError(
    `${what} ${address}: give an address like http://localhost:4000/graphql`,
    exitCodes.usage,
  );
}
