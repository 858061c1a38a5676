/** Where the server's few lines go: what it does, and what a person must look at. */
export interface Log {
  info(line: string): void;
  error(line: string): void;
}

export const consoleLog: Log = {
  info: (line) => console.log(line),
  error: (line) => console.error(line),
};
