/** For `catch`: undefined for what is not there; any other failure is thrown again. */
export function undefinedIfAbsent(error: unknown): undefined {
  if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
  throw error;
}
