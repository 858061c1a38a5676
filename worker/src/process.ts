import { exitCodeOf, toOpnasError } from "@opnas/core";
import { waitForDatabase } from "@opnas/prisma";
import { createLog, routeConsole, startTracing } from "@opnas/telemetry";
import { serveHealth } from "./health.js";
import { readSettings, type WorkerSettings } from "./settings.js";
import { TrainerPool, type Trainers } from "./trainer/pool.js";
import { startWorker } from "./worker.js";

export { type RunningWorker, startWorker } from "./worker.js";

/** Ends the process, at once until the worker has started. */
let end = (): void => process.exit(0);

/**
 * Runs a worker as this process, with settings from its environment, until it is asked to stop. What it
 * waits for, that it is ready, and why it cannot go on is told to the launcher and in the log.
 * @param trainersOf makes the trainers that do its work
 */
export async function runWorkerProcess(
  trainersOf: (settings: WorkerSettings) => Trainers = (settings) => new TrainerPool(settings),
): Promise<void> {
  routeConsole(createLog("worker", process.env.OPNAS_LOG_LEVEL));
  const tracing = startTracing("worker", process.env);
  process.on("SIGTERM", () => end());
  process.on("SIGINT", () => end());
  process.on("disconnect", () => end());
  try {
    await run(readSettings(process.env), trainersOf, tracing);
  } catch (error) {
    const { code, message } = toOpnasError(error);
    console.error(`${message} [${code}]`);
    process.exit(exitCodeOf(error));
  }
}

async function run(
  settings: WorkerSettings,
  trainersOf: (settings: WorkerSettings) => Trainers,
  tracing: ReturnType<typeof startTracing>,
): Promise<void> {
  let notReady: string | null = "The worker is starting.";
  const { healthPort } = settings;
  if (healthPort !== undefined) await serveHealth(healthPort, () => notReady);
  await waitForDatabase(settings.databaseUrl, (reason) => {
    notReady = reason;
    console.error(reason);
    process.send?.({ type: "waiting", reason });
  });
  const worker = await startWorker(settings, trainersOf(settings));
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
