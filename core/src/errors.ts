/**
 * The kinds of the platform's errors by their codes.
 * `user`: the request or a setting is wrong and repeating it will not help.
 * `retryable`: the same call may work later (a lost connection, a killed process).
 * `fatal`: the state or the machine is wrong; a person has to look.
 */
export const errorKinds = {
  BAD_INPUT: "user",
  BAD_SETTING: "user",
  BAD_ARCHITECTURE: "user",
  NOT_FOUND: "user",
  WRONG_STATE: "user",
  TOO_LARGE: "user",
  FORBIDDEN: "user",
  PORT_TAKEN: "user",
  DATA_FOLDER_UNWRITABLE: "user",
  DISK_FULL: "user",
  ENGINE_UNAVAILABLE: "user",
  DATABASE_UNREACHABLE: "retryable",
  WORKER_LOST: "retryable",
  ATTEMPT_REPLACED: "retryable",
  STOPPED: "retryable",
  ARTIFACTS_UNREACHABLE: "retryable",
  CORRUPT_ARTIFACT: "fatal",
  INTERNAL: "fatal",
} as const;

/** The code of an error. */
export type ErrorCode = keyof typeof errorKinds;
/** The codes of errors as a list, for schemas. */
export const errorCodes = Object.keys(errorKinds).filter(
  (code): code is ErrorCode => code in errorKinds,
);
/** The kind of an error. */
export type ErrorKind = (typeof errorKinds)[ErrorCode];

/** An error with a code of the closed set and a sentence that a person can act on. */
export class OpnasError extends Error {
  override readonly name = "OpnasError";

  constructor(
    readonly code: ErrorCode,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }

  get kind(): ErrorKind {
    return errorKinds[this.code];
  }
}

/** Turns any thrown value into an `OpnasError`; one that is not becomes `INTERNAL`. */
export function toOpnasError(error: unknown): OpnasError {
  if (error instanceof OpnasError) return error;
  const message = error instanceof Error ? error.message : String(error);
  return new OpnasError("INTERNAL", message, { cause: error });
}

/**
 * Describes an error for a terminal, with every cause below it: expected errors by their sentence and
 * code, others by their stack. A cause whose message the sentence holds already is left out.
 */
export function describeError(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { message, cause, stack } = error;
  const isExpected = error instanceof OpnasError && error.code !== "INTERNAL";
  const own = isExpected ? `${message} [${error.code}]` : (stack ?? message);
  const isSaid = isExpected && cause instanceof Error && message.includes(cause.message);
  return cause === undefined || isSaid ? own : `${own}\n  caused by: ${describeError(cause)}`;
}
