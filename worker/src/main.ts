import { exitCodeOf, toOpnasError } from "@opnas/core";
import { waitForDatabase } from "@opnas/prisma";
import { createLog, routeConsole, startTracing } from "@opnas/telemetry";
import { serveHealth } from "./health.js";
import { readSettings } from "./settings.js";
import { startWorker } from "./worker.js";

routeConsole(createLog("worker", process.env.OPNAS_LOG_LEVEL));
const tracing = startTracing("worker", process.env);

/** Ends the process, at once until the worker has started. */
let end = (): void => process.exit(0);

async function main(): Promise<void> {
  process.on("SIGTERM", () => end());
  process.on("SIGINT", () => end());
  process.on("disconnect", () => end());
  const settings = readSettings(process.env);
  let notReady: string | null = "The worker is starting.";
  const { healthPort } = settings;
  if (healthPort !== undefined) await serveHealth(healthPort, () => notReady);
  await waitForDatabase(settings.databaseUrl, (reason) => {
    notReady = reason;
    console.error(reason);
    process.send?.({ type: "waiting", reason });
  });
  const worker = await startWorker(settings);
  notReady = null;
  const { engine, slots } = worker;
  const gpus = settings.gpus?.length ?? 0;
  const devices = gpus === 0 || engine.name !== "tensorflow-gpu" ? "" : ` on ${gpus} GPUs`;
  console.log(`Worker ready: ${engine.name} ${engine.version}, ${slots} trainers${devices}.`);
  for (const reason of engine.reasons) console.log(`  ${reason}`);

  let ending = false;
  end = () => {
    if (ending) return;
    ending = true;
    notReady = "The worker is stopping.";
    worker
      .stop()
      .then(() => tracing.stop())
      .then(
        () => process.exit(0),
        (error: unknown) => {
          console.error(`Worker did not stop cleanly: ${toOpnasError(error).message}`);
          process.exit(1);
        },
      );
  };
  process.send?.({
    type: "ready",
    engine: `${engine.name} ${engine.version}`,
    reasons: engine.reasons,
    slots,
  });
}

main().catch((error: unknown) => {
  const { code, message } = toOpnasError(error);
  console.error(`${message} [${code}]`);
  process.exit(exitCodeOf(error));
});
