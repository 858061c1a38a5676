import { execFile, fork, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { z } from "zod";

const opnas = fileURLToPath(new URL("../../cli/bin/opnas.js", import.meta.url));
const serverMain = fileURLToPath(new URL("../../server/dist/main.js", import.meta.url));

/** The first message of the program, which `once` gives with the handle that came along. */
const started = z.tuple([z.object({ port: z.int() })]).rest(z.unknown());

/** Exit code and output of a command. */
export interface Outcome {
  code: number;
  stdout: string;
  stderr: string;
}

/** A server over a database, and the command line that asks it. */
export interface CommandLine {
  api: string;
  /** Runs `opnas` as a shell does; `whileRunning` may act on the process meanwhile. */
  run: (words: string[], whileRunning?: (child: ChildProcess) => void) => Promise<Outcome>;
  stop: () => Promise<void>;
}

/** Starts the API's program on a free port, with further variables of its environment. */
export async function startCommandLine(
  databaseUrl: string,
  more: NodeJS.ProcessEnv = {},
): Promise<CommandLine> {
  const server = fork(serverMain, {
    stdio: ["ignore", "ignore", "inherit", "ipc"],
    env: { ...process.env, DATABASE_URL: databaseUrl, OPNAS_API_PORT: "0", ...more },
  });
  const [{ port }] = started.parse(await once(server, "message"));
  const api = `http://127.0.0.1:${port}/graphql`;
  return {
    api,
    run: (words, whileRunning) =>
      new Promise((resolve) => {
        const args = [opnas, ...words, "--api", api];
        const child = execFile(process.execPath, args, { timeout: 50_000 }, (error, out, err) => {
          const code = typeof error?.code === "number" ? error.code : 0;
          resolve({ code, stdout: out, stderr: err });
        });
        whileRunning?.(child);
      }),
    stop: async () => {
      const exited = once(server, "exit");
      server.kill("SIGTERM");
      await exited;
    },
  };
}
