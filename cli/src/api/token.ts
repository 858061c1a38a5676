import { chmodSync, readFileSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { z } from "zod";
import { makeFolder } from "../makeFolder.js";
import { CliError, exitCodes } from "./error.js";

/** The tokens that `opnas login` has saved, by the platform's address. */
const savedSchema = z.record(z.string(), z.string());

/**
 * Finds the token for an API: OPNAS_TOKEN, or what `opnas login` has saved for this address, or, for an
 * API of this machine, the token in the platform's data folder. Undefined where there is none; that of
 * this machine is sent to no other one.
 */
export function tokenFor(address: string): string | undefined {
  const { OPNAS_TOKEN: given } = process.env;
  if (given !== undefined && given !== "") return given;
  return readSaved()[platformOf(address)] ?? (isHere(address) ? tokenOfThisMachine() : undefined);
}

/** Saves the token for an API, or removes it, in a file that only this account can read. */
export function saveToken(address: string, token: string | undefined): void {
  const platform = platformOf(address);
  const others = Object.fromEntries(
    Object.entries(readSaved()).filter(([each]) => each !== platform),
  );
  const saved = token === undefined ? others : { ...others, [platform]: token };
  const file = savedFile();
  makeFolder(path.dirname(file), 0o700);
  writeFileSync(file, `${JSON.stringify(saved, null, 2)}\n`, { mode: 0o600 });
  chmodSync(file, 0o600);
}

function savedFile(): string {
  const folder = process.env.XDG_CONFIG_HOME || path.join(homedir(), ".config");
  return path.join(folder, "opnas", "tokens.json");
}

function readSaved(): Record<string, string> {
  const file = savedFile();
  const text = readIfThere(file);
  if (text === undefined) return {};
  try {
    return savedSchema.parse(JSON.parse(text));
  } catch (cause) {
    const message = `${file} is damaged: remove it, then sign in again with opnas login.`;
    throw new CliError(message, exitCodes.failed, { cause });
  }
}

/** Returns the data folder of the platform on this machine, the repository's .data by default. */
export function dataFolder(): string {
  const root = fileURLToPath(new URL("../../../", import.meta.url));
  return path.resolve(root, process.env.OPNAS_DATA_DIR || ".data");
}

/** Reads the file that the API writes into its data folder. */
function tokenOfThisMachine(): string | undefined {
  return readIfThere(path.join(dataFolder(), "api-token"))?.trim();
}

/** Reads a file; undefined where there is none, or where it is another account's. */
function readIfThere(file: string): string | undefined {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    const code = error instanceof Error && "code" in error ? error.code : undefined;
    if (code === "ENOENT" || code === "EACCES" || code === "ENOTDIR") return undefined;
    throw error;
  }
}

/** Returns the address of the platform whose API it is, without a slash at its end. */
function platformOf(address: string): string {
  return URL.canParse(address) ? new URL(".", address).href.replace(/\/$/, "") : address;
}

function isHere(address: string): boolean {
  const { hostname } = new URL(address);
  return hostname === "localhost" || hostname === "[::1]" || /^127\.[\d.]+$/.test(hostname);
}
