/** What stops a command and what a person can do about it, in one line. Shown without a stack. */
export class UserError extends Error {
  /**
   * @param {string} message
   * @param {number} [exitCode]
   */
  constructor(message, exitCode = 1) {
    super(message);
    this.exitCode = exitCode;
  }
}

/** The person asked to stop (Ctrl-C, SIGTERM) while something was under way. */
export class Interrupted extends UserError {
  constructor() {
    super("Stopped.", 130);
  }
}

/**
 * Ends the process for `error`: a UserError or one of the platform's coded errors as its one line,
 * anything else with its stack, because that is a defect of ours.
 *
 * @param {unknown} error
 * @returns {never}
 */
export function exitFor(error) {
  if (error instanceof UserError) {
    process.stderr.write(`${error.exitCode === 130 ? "" : "✗ "}${error.message}\n`);
    process.exit(error.exitCode);
  }
  const isCoded = error instanceof Error && error.name === "OpnasError";
  const text = error instanceof Error ? (isCoded ? error.message : error.stack) : String(error);
  process.stderr.write(`✗ ${text}\n`);
  process.exit(1);
}

/**
 * A full disk as a UserError; undefined for anything else.
 *
 * @param {string} what what was under way, e.g. "npm ci"
 * @param {string} output
 */
export function diskFullError(what, output) {
  if (!/ENOSPC|no space left on device|disk quota exceeded/i.test(output)) return undefined;
  return new UserError(`The disk ran full during ${what}: free some space and start again.`);
}
