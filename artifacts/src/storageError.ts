import { OpnasError } from "@opnas/core";

/** Returns true for Node's error about a file or folder that does not exist. */
export function isMissing(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "ENOENT";
}

/**
 * Turns an error of the file system at `folder` into an OpnasError; returns any other error
 * unchanged.
 */
export function storageError(error: unknown, folder: string): unknown {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  switch (code) {
    case "ENOSPC":
    case "EDQUOT":
      return new OpnasError("DISK_FULL", `The disk of ${folder} is full: free some space.`, {
        cause: error,
      });
    case "EACCES":
    case "EPERM":
    case "EROFS":
    case "ENOTDIR":
    case "EEXIST":
      return new OpnasError(
        "DATA_FOLDER_UNWRITABLE",
        `${folder} cannot be read or written (${code}).`,
        { cause: error },
      );
    default:
      return error;
  }
}
