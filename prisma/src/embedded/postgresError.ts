import { OpnasError } from "@opnas/core";

/**
 * Builds an error from the output of Postgres or initdb: `DISK_FULL`, otherwise `INTERNAL` with the last
 * line that reports an error.
 */
export function postgresError(what: string, output: string, cause?: unknown): OpnasError {
  if (/no space left on device|ENOSPC/i.test(output)) {
    return new OpnasError(
      "DISK_FULL",
      `${what}: the disk is full. Free some space and start again.`,
      {
        cause,
      },
    );
  }
  const telling = output.split("\n").filter((line) => /FATAL|PANIC|ERROR|error:/.test(line));
  const line = telling.at(-1) ?? output.trim().split("\n").at(-1) ?? "no output";
  return new OpnasError("INTERNAL", `${what}: ${line.trim()}`, { cause });
}
