/** A worker as it is, but for its trainers, which replay a recording. */
import { fileURLToPath } from "node:url";
import { runWorkerProcess } from "@opnas/worker/process";
import { TrainerPool } from "@opnas/worker/trainer";

const program = fileURLToPath(new URL("./recordedTrainer.ts", import.meta.url));

await runWorkerProcess((settings) => new TrainerPool({ ...settings, program }));
