/**
 * Calls `act` when the reader of standard output or of standard error has gone, as `head` goes once it
 * has its lines. Without a listener the next write would end the process with a stack trace.
 */
export function onReaderGone(act: () => void): void {
  for (const out of [process.stdout, process.stderr]) {
    out.on("error", (error: NodeJS.ErrnoException) => {
      if (error.code !== "EPIPE") throw error;
      act();
    });
  }
}
