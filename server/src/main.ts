// Runs the API as a process of its own: started by start/, or by hand with `node dist/main.js`.
import { OpnasError } from "@opnas/core";
import { consoleLog as log } from "./log.js";
import { startServer } from "./server.js";
import { readSettings } from "./settings.js";

/** A stop that takes longer, in milliseconds, is forced. */
const stopTimeout = 5_000;

try {
  const server = await startServer(readSettings(process.env));
  log.info(`API ready at http://127.0.0.1:${server.port}/graphql`);
  process.send?.({ type: "ready", port: server.port });

  let stopping = false;
  const stop = async (reason: string) => {
    if (stopping) return;
    stopping = true;
    log.info(`API stops: ${reason}.`);
    setTimeout(() => process.exit(0), stopTimeout).unref();
    await server.stop();
    process.exit(0);
  };
  process.on("SIGTERM", () => void stop("asked to"));
  process.on("SIGINT", () => void stop("asked to"));
  process.on("disconnect", () => void stop("the launcher has gone"));
} catch (error) {
  log.error(error instanceof OpnasError ? error.message : String(error));
  process.exit(1);
}
