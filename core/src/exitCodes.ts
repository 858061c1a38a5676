import { toOpnasError } from "./errors.js";

/**
 * Exit codes of the platform's processes, by BSD's names for them, for whatever starts them again:
 * `start/supervise.mjs`, systemd or Kubernetes.
 */
export const exitCodes = {
  /** Any other error: start again, after growing pauses (1). */
  failed: 1,
  /** Something outside is away for now, such as the database: start again (EX_TEMPFAIL, 75). */
  waiting: 75,
  /** A setting is wrong: starting again will not help (EX_CONFIG, 78). */
  cannotGoOn: 78,
} as const;

/** Returns the exit code for the error that ends a process. */
export function exitCodeOf(error: unknown): number {
  const { code } = toOpnasError(error);
  if (code === "DATABASE_UNREACHABLE") return exitCodes.waiting;
  return code === "BAD_SETTING" ? exitCodes.cannotGoOn : exitCodes.failed;
}
