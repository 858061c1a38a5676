import { plain } from "./plain.js";

/** An error with a sentence for the person at the shell and the exit code of the command. */
export class CliError extends Error {
  override readonly name = "CliError";

  constructor(
    message: string,
    readonly exitCode: number,
    options?: ErrorOptions,
  ) {
    super(plain(message), options);
  }
}

/** The exit codes of every command. */
export const exitCodes = { done: 0, failed: 1, usage: 2, interrupted: 130 } as const;
