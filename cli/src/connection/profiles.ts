import { chmodSync, existsSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import path from "node:path";
import { z } from "zod";
import { CliError, exitCodes } from "../api/error.js";
import { makeFolder } from "../makeFolder.js";

const profileSchema = z.object({
  /** Address of the GraphQL API. */
  api: z.string(),
  token: z.string().optional(),
});

const fileSchema = z.object({
  /** Name of the profile that is used where none is named. */
  current: z.string().optional(),
  profiles: z.record(z.string(), profileSchema),
});

/** A server of the platform that has a name on this machine. */
export type Profile = z.infer<typeof profileSchema>;

/** All profiles of this account of the machine. */
export type Profiles = z.infer<typeof fileSchema>;

/** Returns the file of the profiles, in the folder that the XDG base directory specification names. */
export function profilesFile(environment: NodeJS.ProcessEnv = process.env): string {
  const config = environment["XDG_CONFIG_HOME"];
  const folder = config !== undefined && path.isAbsolute(config) ? config : undefined;
  return path.join(folder ?? path.join(homedir(), ".config"), "opnas", "profiles.json");
}

/**
 * Reads the profiles; none where there is no file.
 * @throws CliError for a file of another form
 */
export function readProfiles(file: string): Profiles {
  if (!existsSync(file)) return { profiles: {} };
  try {
    return fileSchema.parse(JSON.parse(readFileSync(file, "utf8")));
  } catch (cause) {
    const message = `${file} cannot be read: mend or remove it, then add the profiles again with opnas profile add.`;
    throw new CliError(message, exitCodes.usage, { cause });
  }
}

/** Writes the profiles so that only their owner may read them: they hold tokens. */
export function writeProfiles(file: string, profiles: Profiles): void {
  makeFolder(path.dirname(file), 0o700);
  const unfinished = `${file}.${process.pid}`;
  writeFileSync(unfinished, `${JSON.stringify(profiles, null, 2)}\n`, { mode: 0o600 });
  chmodSync(unfinished, 0o600);
  renameSync(unfinished, file);
}

/**
 * Returns the profile with a name, or the one that was chosen with `opnas profile use`.
 * @returns undefined where none is named and none was chosen
 * @throws CliError for an unknown name
 */
export function chosenProfile(profiles: Profiles, named: string | undefined): Profile | undefined {
  const name = named ?? profiles.current;
  if (name === undefined) return undefined;
  const profile = Object.hasOwn(profiles.profiles, name) ? profiles.profiles[name] : undefined;
  if (profile !== undefined) return profile;
  const known = Object.keys(profiles.profiles).join(", ") || "none";
  throw new CliError(`There is no profile ${name}; there are: ${known}.`, exitCodes.usage);
}
