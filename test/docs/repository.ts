import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";

/** The folder of the repository. */
export const root = fileURLToPath(new URL("../../", import.meta.url));

/** Folders that are not part of the sources: installed, built, or made while the platform runs. */
const notSources = new Set(["node_modules", "dist", "generated", "coverage"]);

/** Lists every file of the sources, relative to the repository, with `/` between its parts. */
export function sourceFiles(folder = ""): string[] {
  return readdirSync(path.join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const name = folder === "" ? entry.name : `${folder}/${entry.name}`;
    if (!entry.isDirectory()) return [name];
    return notSources.has(entry.name) || entry.name.startsWith(".") ? [] : sourceFiles(name);
  });
}

/** Reads a file of the repository. */
export function readSource(file: string): string {
  return readFileSync(path.join(root, file), "utf8");
}
