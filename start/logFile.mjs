import { createWriteStream, mkdirSync, renameSync, statSync } from "node:fs";
import path from "node:path";

const maxBytes = 20e6;

/**
 * Opens a log that is appended to; when it grows beyond 20 MB, it is moved to NAME.1 and begun anew.
 *
 * @param {string} file
 */
export function openLog(file) {
  mkdirSync(path.dirname(file), { recursive: true });
  let size = statSync(file, { throwIfNoEntry: false })?.size ?? 0;
  let stream = open();
  function open() {
    const opened = createWriteStream(file, { flags: "a" });
    opened.on("error", () => undefined); // a full disk must not stop what is being logged
    return opened;
  }
  return {
    /** @param {string} line */
    write(line) {
      if (size > maxBytes) {
        stream.end();
        renameSync(file, `${file}.1`);
        stream = open();
        size = 0;
      }
      size += line.length + 1;
      stream.write(`${line}\n`);
    },
    close: () => stream.end(),
  };
}
