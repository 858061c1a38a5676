/** An error that a person can act on: one line with the cause and the remedy, shown without a stack. */
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

/** The error of work that a person asked to stop (Ctrl-C, SIGTERM). */
export class Interrupted extends UserError {
  constructor() {
    super("Stopped.", 130);
  }
}

/**
 * Ends the process for `error`: shows a UserError or one of the platform's coded errors as its one
 * line, anything else, which is a defect, with its stack.
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
 * Returns a UserError when the output of a command says that the disk is full, else undefined.
 *
 * @param {string} what what was under way, e.g. "npm ci"
 * @param {string} output
 */
export function diskFullError(what, output) {
  if (!/ENOSPC|no space left on device|disk quota exceeded/i.test(output)) return undefined;
  return new UserError(`The disk ran full during ${what}: free some space and start again.`);
}
