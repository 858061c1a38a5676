/**
 * Returns the part of a process's line that a person at the terminal reads: the first line of the message of
 * a line of JSON, as server and workers log it, and any other line as it is. The log file has all of it.
 *
 * @param {string} line
 * @returns {string}
 */
export function messageOf(line) {
  if (!line.startsWith("{")) return line;
  try {
    const { msg } = JSON.parse(line);
    return typeof msg === "string" ? (msg.split("\n", 1)[0] ?? "") : line;
  } catch (error) {
    if (error instanceof SyntaxError) return line;
    throw error;
  }
}
