/** A sink for the server's log lines: its actions, and errors that a person must look at. */
export interface Log {
  info(line: string): void;
  error(line: string): void;
}

/** The log of a process: standard output and standard error. */
export const consoleLog: Log = {
  info: (line) => console.log(line),
  error: (line) => console.error(line),
};
