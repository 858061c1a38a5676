/**
 * The kinds of the platform's errors by their codes.
 * `user`: the request or a setting is wrong and repeating it will not help.
 * `retryable`: the same call may work later (a lost connection, a killed process).
 * `machine`: this machine cannot do it at present; the same call may work on another, or here once a
 * person has mended it.
 * `fatal`: the state is wrong; a person has to look.
 */
export const errorKinds = {
  BAD_INPUT: "user",
  BAD_SETTING: "user",
  BAD_ARCHITECTURE: "user",
  NOT_FOUND: "user",
  WRONG_STATE: "user",
  TOO_LARGE: "user",
  UNAUTHENTICATED: "user",
  EVALUATION_FAILED: "user",
  FORBIDDEN: "user",
  QUOTA_EXCEEDED: "user",
  PORT_TAKEN: "user",
  DATA_FOLDER_UNWRITABLE: "machine",
  DISK_FULL: "machine",
  ENGINE_UNAVAILABLE: "machine",
  FILE_MISSING: "machine",
  MACHINE_FAULT: "machine",
  ARTIFACTS_UNREACHABLE: "machine",
  ANOTHER_STORE: "machine",
  ANOTHER_ENGINE: "machine",
  DATABASE_UNREACHABLE: "retryable",
  DATABASE_BUSY: "retryable",
  SERVER_BUSY: "retryable",
  RATE_LIMITED: "retryable",
  WORKER_LOST: "retryable",
  ATTEMPT_REPLACED: "retryable",
  STOPPED: "retryable",
  CORRUPT_ARTIFACT: "fatal",
  TOO_MANY_FAILURES: "fatal",
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

/** Errors of the operating system that are faults of the machine, each with what a person can do. */
const systemFaults: Readonly<Record<string, [code: ErrorCode, advice: string]>> = {
  ENOSPC: ["DISK_FULL", "The disk is full: free some space."],
  EDQUOT: ["DISK_FULL", "The disk quota is used up: free some space or raise it."],
  EACCES: ["DATA_FOLDER_UNWRITABLE", "A file cannot be read or written: look at its permissions."],
  EPERM: ["DATA_FOLDER_UNWRITABLE", "A file cannot be read or written: look at its permissions."],
  ENOTDIR: ["DATA_FOLDER_UNWRITABLE", "A file is where a folder is needed."],
  EEXIST: ["DATA_FOLDER_UNWRITABLE", "A file is where a folder is needed."],
  EROFS: ["DATA_FOLDER_UNWRITABLE", "The file system is read-only."],
  ENOENT: ["FILE_MISSING", "A file or program that is needed is not on this machine."],
  EIO: ["MACHINE_FAULT", "The disk reports errors: look at the system's log."],
  EMFILE: ["MACHINE_FAULT", "Too many files are open: raise the limit (ulimit -n)."],
  ENFILE: ["MACHINE_FAULT", "The machine has too many open files."],
  ENOMEM: [
    "MACHINE_FAULT",
    "The machine has too little memory: end other programs or use fewer slots.",
  ],
  EAGAIN: [
    "MACHINE_FAULT",
    "The machine can start no more processes: raise the limit (ulimit -u).",
  ],
};

/**
 * Turns any thrown value into an `OpnasError`: an error of the operating system that is a fault of
 * the machine into that with its advice, any other into `INTERNAL`.
 */
export function toOpnasError(error: unknown): OpnasError {
  if (error instanceof OpnasError) return error;
  const message = error instanceof Error ? error.message : String(error);
  const isSystemError = error instanceof Error && "code" in error && "syscall" in error;
  const fault = isSystemError ? systemFaults[String(error.code)] : undefined;
  if (fault === undefined) return new OpnasError("INTERNAL", message, { cause: error });
  const [code, advice] = fault;
  return new OpnasError(code, `${advice} (${message})`, { cause: error });
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
