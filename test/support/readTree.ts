import { readdir } from "node:fs/promises";

/** Lists all files below a folder. One that is removed meanwhile, as finished work's files are, is no error. */
export async function readTree(folder: string): Promise<string[]> {
  for (let tries = 0; ; tries += 1) {
    try {
      return await readdir(folder, { recursive: true });
    } catch (error) {
      const isGone = error instanceof Error && "code" in error && error.code === "ENOENT";
      if (!isGone || tries === 20) throw error;
    }
  }
}
