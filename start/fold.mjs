/** Milliseconds for which a line's repetitions are counted at first, and at most. */
const firstWindow = 10_000;
const longestWindow = 300_000;

/**
 * Passes lines on to a terminal and keeps a flood from it. A line that differs from an earlier one only in
 * numbers, ids or what stands in brackets is counted, and the count is told in place of the lines, every 10 s at first and less often in a
 * longer flood. Continuation lines, such as those of a stack, are left out: the log has them.
 *
 * @param {(line: string) => void} write
 * @param {{ window?: number }} [options] window: milliseconds, instead of 10 s
 * @returns {(line: string) => void}
 */
export function foldRepeats(write, { window = firstWindow } = {}) {
  /** Lines told lately, by their text without numbers. @type {Map<string, { more: number }>} */
  const told = new Map();

  return (line) => {
    const key = line.replace(/\(.*?\)|[0-9a-f]{8}-[0-9a-f-]{27}|\d+/g, "#");
    const known = told.get(key);
    if (known !== undefined) {
      known.more += 1;
      return;
    }
    write(line);
    const entry = { more: 0 };
    told.set(key, entry);
    /** @param {number} length */
    const count = (length) => {
      setTimeout(() => {
        if (entry.more === 0) {
          told.delete(key);
          return;
        }
        const start = line.length > 60 ? `${line.slice(0, 60)}…` : line;
        write(`… ${entry.more} more in ${length / 1000} s: ${start}`);
        entry.more = 0;
        count(Math.min(2 * length, longestWindow));
      }, length).unref();
    };
    count(window);
  };
}

/**
 * Returns true for a line that belongs to the one before, such as those of a stack or of an error's fields:
 * the terminal is spared them, and the log has them.
 *
 * @param {string} line
 */
export function isContinuation(line) {
  return line === "" || /^\s|^[\]})]+,?$|^Node\.js v\d/.test(line);
}
