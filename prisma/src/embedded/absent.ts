/** Handles a rejected file operation: returns undefined for a missing file and rethrows all else. */
export function undefinedIfAbsent(error: unknown): undefined {
  if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
  throw error;
}
