// Runs the API as a process of its own: started by start/, or by hand with `node dist/main.js`.
import { exitCodeOf, OpnasError } from "@opnas/core";
import { waitForDatabase } from "@opnas/prisma";
import { createLog, routeConsole, startTracing } from "@opnas/telemetry";
import { consoleLog as log } from "./log.js";
import { startServer } from "./server.js";
import { readSettings } from "./settings.js";

routeConsole(createLog("server", process.env.OPNAS_LOG_LEVEL));
const tracing = startTracing("server", process.env);

/** A stop that takes longer, in milliseconds, is forced. */
const stopTimeout = 5_000;

/** Ends the process, at once until the server has started. */
let stop = (reason: string): void => {
  log.info(`API stops: ${reason}.`);
  process.exit(0);
};
process.on("SIGTERM", () => stop("asked to"));
process.on("SIGINT", () => stop("asked to"));
process.on("disconnect", () => stop("the launcher has gone"));

/** Writes an IP address as an address of the web has it. */
const urlHost = (ip: string): string => (ip.includes(":") ? `[${ip}]` : ip);

try {
  const settings = readSettings(process.env);
  await waitForDatabase(settings.databaseUrl, (reason) => {
    log.error(reason);
    process.send?.({ type: "waiting", reason });
  });
  const server = await startServer(settings);
  log.info(`API ready at http://${urlHost(settings.host)}:${server.port}/graphql`);

  let stopping = false;
  stop = (reason) => {
    if (stopping) return;
    stopping = true;
    log.info(`API stops: ${reason}.`);
    setTimeout(() => process.exit(0), stopTimeout).unref();
    void server
      .stop()
      .then(() => tracing.stop())
      .then(() => process.exit(0));
  };
  process.send?.({ type: "ready", port: server.port });
} catch (error) {
  log.error(error instanceof OpnasError ? error.message : String(error));
  process.exit(exitCodeOf(error));
}
