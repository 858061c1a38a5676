import { toOpnasError } from "@opnas/core";
import { readSettings } from "./settings.js";
import { startWorker } from "./worker.js";

async function main(): Promise<void> {
  const worker = await startWorker(readSettings(process.env));
  const { engine, slots } = worker;
  console.log(`Worker ready: ${engine.name} ${engine.version}, ${slots} trainers.`);
  for (const reason of engine.reasons) console.log(`  ${reason}`);

  let ending = false;
  const end = () => {
    if (ending) return;
    ending = true;
    worker.stop().then(
      () => process.exit(0),
      (error: unknown) => {
        console.error(`Worker did not stop cleanly: ${toOpnasError(error).message}`);
        process.exit(1);
      },
    );
  };
  process.on("SIGTERM", end);
  process.on("SIGINT", end);
  process.on("disconnect", end);
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
  process.exit(1);
});
