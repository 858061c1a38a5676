/**
 * A trainer: a process that holds one engine and does one piece of work at a time for the worker
 * that started it. It dies with the worker, and the worker's heartbeat never waits for it.
 */
import { OpnasError, toOpnasError } from "@opnas/core";
import { z } from "zod";
import { engineChoices } from "../engine/choose.js";
import { startEngine } from "../engine/start.js";
import { type Reply, requestSchema, type Work } from "./protocol.js";
import { TrainerWork } from "./work.js";

/** Sends a reply. One that cannot be delivered means that the worker is gone: so is this process. */
function reply(message: Reply): void {
  process.send?.(message, (error: Error | null) => {
    if (error !== null) process.exit(0);
  });
}

/** Aborts the work that is being done. */
let stop = new AbortController();

async function handle(trainer: TrainerWork, message: unknown): Promise<void> {
  try {
    const request = requestSchema.parse(message);
    if (request.type === "stop") stop.abort();
    else reply(await begin(trainer, request));
  } catch (error) {
    const { code, message: sentence } = toOpnasError(error);
    if (code === "INTERNAL") console.error(error);
    reply({ type: "error", code, message: sentence });
  }
}

function begin(trainer: TrainerWork, work: Work): Promise<Reply> {
  stop = new AbortController();
  const onSaved = (name: string) => reply({ type: "saved", name });
  return trainer.run(work, { signal: stop.signal, onProgress: reply, onSaved });
}

const optionsSchema = z.object({
  engine: z.enum(engineChoices),
  threads: z.coerce.number().int().min(1),
});

async function main(): Promise<void> {
  const [choice, threads] = process.argv.slice(2);
  const options = optionsSchema.parse({ engine: choice, threads });
  // Ctrl-C reaches the whole process group; the worker decides what its trainers do then.
  process.on("SIGINT", () => undefined);
  process.on("disconnect", () => process.exit(0));
  const engine = await startEngine(options.engine, options.threads);
  const trainer = new TrainerWork(engine.name);
  process.on("message", (message) => void handle(trainer, message));
  reply({ type: "ready", engine: { ...engine, reasons: [...engine.reasons] } });
}

main().catch((error: unknown) => {
  const { code, message } = error instanceof OpnasError ? error : toOpnasError(error);
  reply({ type: "error", code, message });
  process.exitCode = 1;
  process.disconnect();
});
